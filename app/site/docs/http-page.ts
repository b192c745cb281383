import { ERRORS } from '@telemedicine-signaling/protocol';
import { DOCS_STYLE } from '../assets.ts';
import { page } from '../page.ts';
import {
  type Content,
  exampleIn,
  methodsOf,
  type OpenApi,
  type Operation,
  type PathItem,
  type Schema,
} from './document.ts';
import { code, contents, escaped, json, paragraphs, prose, table } from './html.ts';
import { schemaTable } from './schema-table.ts';

const JSON_TYPE = 'application/json';

/** The page at `/docs`: what `/openapi.json` says, for people. */
export function httpPage(document: OpenApi): string {
  const { tags, paths, components, webhooks } = document;
  const resolve = (ref: string): Schema => components.schemas[ref.split('/').at(-1) ?? ''] ?? {};
  const entries = Object.entries(paths).map(([path, item]) => ({ path, item, ...firstOf(item) }));
  const parts = tags
    .map(({ name, description }) => ({
      name,
      description,
      own: entries.filter(({ tags: [first] }) => first === name),
    }))
    .filter(({ own }) => own.length > 0);
  return page({
    title: 'HTTP: telemedicine signaling',
    style: DOCS_STYLE,
    main: `<div class="docs">
<nav aria-label="On this page">
<p><strong>HTTP</strong> · <a href="/docs/events">Events</a></p>
${parts.map(({ name, own }) => `<h2>${escaped(name)}</h2>${contents(own.map(({ path }) => ({ id: idOf(path), text: path })))}`).join('\n')}
<h2>webhooks</h2>
${contents(Object.keys(webhooks).map((type) => ({ id: webhookId(type), text: type })))}
<h2>errors</h2>
${contents([{ id: 'errors', text: 'Every code' }])}
</nav>
<div>
<h1>The HTTP side</h1>
<p class="lead">Practices, rooms and access. For programs: <a href="/openapi.json">/openapi.json</a>, in OpenAPI 3.1.</p>
${paragraphs('Where access tokens are in use, send one in `Authorization: Bearer`. A GET is read from its query alone, a POST from its JSON body alone. Every answer is JSON and carries `status` and `msg`; an error carries `code` and `retry`, too.')}
${parts
  .map(
    ({ name, description, own }) => `<section aria-labelledby="tag-${name}">
<h2 id="tag-${name}">${escaped(name)}</h2>
<p class="quiet">${escaped(description)}</p>
${own.map(({ path, item }) => entry(path, item, resolve)).join('\n')}
</section>`,
  )
  .join('\n')}
<section aria-labelledby="tag-webhooks">
<h2 id="tag-webhooks">webhooks</h2>
${paragraphs(WEBHOOKS_TEXT)}
${Object.entries(webhooks)
  .map(([type, item]) => webhook(type, item))
  .join('\n')}
</section>
<section aria-labelledby="errors">
<h2 id="errors">errors</h2>
<p class="quiet">Programs go by <code>code</code>. The same table holds over the socket.</p>
${table(
  ['code', 'status', 'retry', 'meaning'],
  Object.entries(ERRORS).map(([code, { http, retry, msg }]) => [
    `<code>${code}</code>`,
    String(http),
    retry ? 'yes' : 'no',
    prose(msg),
  ]),
)}
</section>
</div>
</div>`,
  });
}

const WEBHOOKS_TEXT = `What the server posts to your backend, at \`WEBHOOK_URL\`. Answer 2xx within 10 s; anything else is tried again.
Each is signed as Standard Webhooks has it, in the headers \`webhook-id\`, \`webhook-timestamp\` and \`webhook-signature\`. The same id may come twice; of one room they come in order.`;

const webhookId = (type: string): string => `webhook-${type.replace('.', '-')}`;

function webhook(type: string, item: PathItem): string {
  const { description = '', requestBody } = firstOf(item);
  const body = requestBody?.content?.[JSON_TYPE];
  return `<article aria-labelledby="${webhookId(type)}">
<h3 id="${webhookId(type)}">${escaped(type)}</h3>
<p>${prose(description)}</p>
${body === undefined ? '' : `${schemaTable(body.schema)}<p class="caption">As it comes</p>${json(exampleIn(body))}`}
</article>`;
}

const idOf = (path: string): string => path.replace(/[^a-z0-9]+/g, '-').replace(/^-?/, 'path-');

function firstOf(item: PathItem): Operation {
  const [first] = methodsOf(item);
  if (first === undefined) throw new Error('a path without a method');
  return first;
}

function entry(path: string, item: PathItem, resolve: (ref: string) => Schema): string {
  const { get, post, servers = [] } = item;
  const first = firstOf(item);
  const methods = [get && 'GET', post && 'POST'].filter((one) => one !== undefined);
  const asked = post?.requestBody?.content?.[JSON_TYPE] ?? asContent(get);
  const answer = first.responses['200']?.content?.[JSON_TYPE];
  const roles = first['x-roles'];
  return `<article aria-labelledby="${idOf(path)}">
<h3 id="${idOf(path)}"><span class="method">${methods.join(' · ')}</span> ${escaped(path)}</h3>
<p><strong>${escaped(first.summary)}.</strong> ${prose(first.description ?? '')}</p>
${servers.length > 1 ? `<p class="quiet">Also at <code>/api${escaped(path)}</code>.</p>` : ''}
${roles === undefined ? '' : `<p class="quiet">With access tokens, for: ${roles.join(', ')}.</p>`}
${asked === undefined ? '' : `<h4>Fields</h4>${schemaTable(asked.schema, { resolve })}<p class="caption">As it is sent</p>${post === undefined ? code(`${path}?${new URLSearchParams(exampleIn(asked) as Record<string, string>)}`) : json(exampleIn(asked))}`}
${answer === undefined ? '' : `<h4>Answer</h4>${schemaTable(answer.schema, { resolve, without: ['status', 'msg'] })}<p class="caption">As it comes</p>${json(exampleIn(answer))}`}
</article>`;
}

/** The fields of a query as what a POST would carry. */
function asContent(operation: Operation | undefined): Content | undefined {
  const fields = (operation?.parameters ?? []).filter((one) => one.in === 'query');
  if (fields.length === 0) return undefined;
  const given = fields.filter(({ example }) => example !== undefined);
  return {
    schema: {
      properties: Object.fromEntries(
        fields.map(({ name, schema, description = '' }) => [name, { ...schema, description }]),
      ),
      required: fields.filter(({ required }) => required).map(({ name }) => name),
    },
    example: Object.fromEntries(given.map(({ name, example }) => [name, example])),
  };
}
