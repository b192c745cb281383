import type { HttpRoute } from '@telemedicine-signaling/protocol';
import { TRY_IT_SCRIPT } from './assets.ts';
import { PATIENT_NOTE, page } from './page.ts';

interface TryIt {
  field: 'namespaceId' | 'roomId';
  label: string;
  button: string;
}

interface Entry {
  name: HttpRoute;
  does: string;
  tryIt?: TryIt;
}

const namespaceField = { field: 'namespaceId', label: 'Namespace id' } as const;

const ENTRIES: readonly Entry[] = [
  {
    name: 'check-availability',
    does: 'Tells whether a namespace exists, whether a doctor is online, and how many patients wait.',
    tryIt: { ...namespaceField, button: 'Check' },
  },
  {
    name: 'create-namespace',
    does: 'Opens a practice, a doctor’s or a desk’s, for doctors and patients to connect to.',
    tryIt: { ...namespaceField, button: 'Create' },
  },
  {
    name: 'create-room',
    does: 'Gives out the id of a fresh room for one consultation in that namespace.',
    tryIt: { ...namespaceField, button: 'Create' },
  },
  {
    name: 'join-room',
    does: 'Tells how far the consultation in a room has come, if it exists and has not ended.',
    tryIt: { field: 'roomId', label: 'Room id', button: 'Look up' },
  },
  {
    name: 'remove-namespace',
    does: 'Closes a practice with <code>namespaceId</code>: its calls end and its waiting room empties. There is no button for that.',
  },
];

/** `pattern` is the id pattern of the protocol, as HTML writes it: anchored by itself, `-` escaped. */
const form = (route: HttpRoute, { field, label, button }: TryIt): string => {
  const id = `${route}-${field}`;
  return `<form action="/${route}" method="get">
<label for="${id}">${label}</label>
<input id="${id}" name="${field}" required maxlength="128" pattern="[A-Za-z0-9._~@:\\-]+" title="1 to 128 characters from A–Z a–z 0–9 . _ ~ @ : and -" autocomplete="off" autocapitalize="off" spellcheck="false">
<button aria-label="${button}: ${route}">${button}</button>
<output for="${id}"></output>
</form>`;
};

const entry = ({ name, does, tryIt }: Entry): string => `<li>
<h3>${name}</h3>
<p class="quiet">${does}</p>
${tryIt === undefined ? '' : form(name, tryIt)}
</li>`;

/** What a browser gets at `/` (SPEC HTTP-2): what this is, that it is up, and what can be done here. */
export const HOME_PAGE = page({
  title: 'Telemedicine signaling: up',
  script: TRY_IT_SCRIPT,
  beside: '<p class="state">Up and answering</p>',
  main: `<h1>The call server is up.</h1>
<p class="lead">It keeps a clinic’s waiting rooms and connects doctors and patients for video consultations.</p>
${PATIENT_NOTE}
<section aria-labelledby="call">
<h2 id="call">Hold a call</h2>
<p class="quiet">Open the desk in one window and come in as a patient in another, on this device or a second one.</p>
<p class="doors"><a class="door" href="/doctor/demo">Open a doctor’s desk</a> <a class="door plain" href="/patient/demo">Come in as a patient</a> <a href="/test">Check this device</a></p>
</section>
<section aria-labelledby="try-it">
<h2 id="try-it">For those who build with it</h2>
<p class="quiet">Five routes answer in JSON, at <code>/NAME</code> and <code>/api/NAME</code>, to GET with a query and to POST with the same fields as JSON, such as <a href="/check-availability?namespaceId=demo"><code>/check-availability?namespaceId=demo</code></a>. The rest happens over Socket.IO. All of it is described: <a href="/docs">HTTP</a>, <a href="/docs/events">events</a>.</p>
<ul class="routes">
${ENTRIES.map(entry).join('\n')}
</ul>
</section>`,
});
