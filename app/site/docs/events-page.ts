import {
  CLIENT_EVENTS,
  type ClientEvent,
  SERVER_EVENTS,
  type ServerEvent,
} from '@telemedicine-signaling/protocol';
import { DOCS_STYLE } from '../assets.ts';
import { page } from '../page.ts';
import { type AsyncApi, keysOf, type Message } from './asyncapi.ts';
import { contents, escaped, json, paragraphs, prose } from './html.ts';
import { schemaTable } from './schema-table.ts';

const clientEvents = Object.keys(CLIENT_EVENTS) as ClientEvent[];
const serverEvents = Object.keys(SERVER_EVENTS) as ServerEvent[];

/** The page at `/docs/events`: what `/asyncapi.json` says, for people. */
export function eventsPage(document: AsyncApi): string {
  const message = (key: string): Message => {
    const found = document.components.messages[key];
    if (found === undefined) throw new Error(`${key} is not described`);
    return found;
  };
  const example = (key: string): string => json(message(key).examples[0]?.payload);
  const refused = message(keysOf.refused);

  const sent = (event: ClientEvent): string => {
    const { summary, payload } = message(keysOf.sent(event));
    const roles = document.operations[keysOf.sent(event)]?.['x-roles'] ?? [];
    const answered = message(keysOf.answered(event));
    const keys = schemaTable(answered.payload, { without: ['status'] });
    return `<article aria-labelledby="send-${event}">
<h3 id="send-${event}">${escaped(event)}</h3>
<p>${prose(summary)}</p>
<p class="quiet">From: ${roles.join(', ')}.</p>
${schemaTable(payload)}
<p class="caption">As it is sent</p>${example(keysOf.sent(event))}
${keys === '' ? '' : `<h4>Acknowledgement</h4>${keys}`}
<p class="caption">As it is acknowledged</p>${example(keysOf.answered(event))}
</article>`;
  };

  const heard = (event: ServerEvent): string => {
    const { summary, payload } = message(keysOf.heard(event));
    return `<article aria-labelledby="hear-${event}">
<h3 id="hear-${event}">${escaped(event)}</h3>
<p>${prose(summary)}</p>
${schemaTable(payload)}
<p class="caption">As it is heard</p>${example(keysOf.heard(event))}
</article>`;
  };

  return page({
    title: 'Events: telemedicine signaling',
    style: DOCS_STYLE,
    main: `<div class="docs">
<nav aria-label="On this page">
<p><a href="/docs">HTTP</a> · <strong>Events</strong></p>
<h2>what you send</h2>
${contents(clientEvents.map((event) => ({ id: `send-${event}`, text: event })))}
<h2>what you hear</h2>
${contents(serverEvents.map((event) => ({ id: `hear-${event}`, text: event })))}
</nav>
<div>
<h1>The events</h1>
<p class="lead">What pages and server say to each other. For programs: <a href="/asyncapi.json">/asyncapi.json</a>, in AsyncAPI 3.</p>
${paragraphs(document.info.description)}
<section aria-labelledby="send">
<h2 id="send">What you send</h2>
<p class="quiet">${prose(refused.summary)} The codes: <a href="/docs#errors">errors</a>.</p>
${json(refused.examples[0]?.payload)}
${clientEvents.map(sent).join('\n')}
</section>
<section aria-labelledby="hear">
<h2 id="hear">What you hear</h2>
<p class="quiet">In what a page sent, keys that the server does not know come along untouched; <code>from</code> is the sender’s true client-id.</p>
${serverEvents.map(heard).join('\n')}
</section>
</div>
</div>`,
  });
}
