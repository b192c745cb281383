import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createIceServers } from '../../app/ice/ice-servers.ts';
import { TestClient } from '../support/clients.ts';
import { type Coturn, startCoturn } from '../support/coturn.ts';
import { ROOT } from '../support/process.ts';
import type { CallPage } from './call-page.ts';
import { Clinic } from './clinic.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const SECRET = 'the-secret-of-the-relay-and-of-nobody-else';
const NAMESPACE = 'clinic-7';

let coturn: Coturn;
let clinic: Clinic;

beforeAll(async () => {
  // Both ends of a call are on this machine: the relayed addresses have to reach each other.
  const options = ['--allow-loopback-peers', '--allowed-peer-ip=127.0.0.1'];
  coturn = await startCoturn({ secrets: [SECRET], options });
  clinic = await Clinic.open({ TURN_URLS: turnUrl(), TURN_SECRET: SECRET });
  for (const name of ['doctor', 'patient']) {
    clinic.pages.add(
      pathOf(name),
      relayOnly(await readFile(`${ROOT}${OLD_PAGES}/${name}.html`, 'utf8')),
    );
  }
  clinic.pages.add('/blank.html', '<link rel="icon" href="data:,">');
});
afterEach(() => clinic.closePages());
afterAll(async () => {
  await clinic?.close();
  await coturn?.stop();
});

const OLD_PAGES = 'examples/old-pages';
const pathOf = (name: string): string => `/${OLD_PAGES}/relay-only-${name}.html`;
const turnUrl = (): string => `turn:127.0.0.1:${coturn.port}?transport=udp`;

/** The page as it is, but for the servers that `welcome` names (or `?ice=`), and no way around them. */
function relayOnly(html: string): string {
  const configuration = "{ iceServers, iceTransportPolicy: 'relay' }";
  const connecting = /^.*socket = io\(.*$/m.exec(html)?.[0] ?? '';
  const listening = `
  socket.on('welcome', (welcome) => {
    window.iceServers = JSON.parse(settings.get('ice')) ?? welcome['ice-servers'];
  });`;
  const changed = html
    .replace('new RTCPeerConnection()', `new RTCPeerConnection(${configuration})`)
    .replace(connecting, connecting + listening);
  expect(changed).toContain(configuration);
  expect(changed).toContain(listening);
  return changed;
}

/** What a server with this secret would have handed out at this time. */
function iceServers({ secret = SECRET, now = Date.now() }): RTCIceServer[] {
  const settings = { static: [], turnUrls: [turnUrl()], turnSecrets: [secret], ttlSeconds: 3600 };
  return createIceServers(settings, { now: () => now }).forClient('somebody')
    .iceServers as RTCIceServer[];
}

const EXPIRED = () => iceServers({ now: Date.now() - 3_601_000 });
const FORGED = () => iceServers({ secret: 'the-secret-of-somebody-else-altogether' });

async function open(name: string, settings: Record<string, string>): Promise<CallPage> {
  const query = new URLSearchParams({
    server: clinic.server.url,
    namespace: NAMESPACE,
    transports: 'websocket',
    ...settings,
  });
  return clinic.visit(`${clinic.pages.url}${pathOf(name)}?${query}`);
}

/** A doctor calls a patient; both pages use these servers if any are given. */
async function call(given?: RTCIceServer[]): Promise<CallPage[]> {
  const settings: Record<string, string> =
    given === undefined ? {} : { ice: JSON.stringify(given) };
  const doctor = await open('doctor', settings);
  await doctor.expectText('#state', 'Ready');
  const patient = await open('patient', { ...settings, name: 'Ada', patient: 'id-of-Ada' });
  await doctor.page.getByRole('button', { name: 'Call' }).click();
  return [doctor, patient];
}

/** From where to where the media of a page's call goes. */
const selectedPair = ({ page }: CallPage): Promise<string> =>
  page.evaluate(async () => {
    const reports = await window.peerConnections.at(-1)?.getStats();
    const all = [...(reports?.values() ?? [])];
    const transport = all.find(({ type }) => type === 'transport');
    const pair = reports?.get(transport?.selectedCandidatePairId);
    const typeOf = (id: string) => reports?.get(id)?.candidateType;
    return `${typeOf(pair?.localCandidateId)} to ${typeOf(pair?.remoteCandidateId)}`;
  });

/** The candidates that a page's call has when it has looked for all of them. */
async function gathered({ page }: CallPage): Promise<string[]> {
  await page.waitForFunction(() => window.peerConnections.at(-1)?.localDescription != null);
  return page.evaluate(async () => {
    const connection = window.peerConnections.at(-1) as RTCPeerConnection;
    await new Promise<void>((resolve) => {
      const look = () => connection.iceGatheringState === 'complete' && resolve();
      connection.addEventListener('icegatheringstatechange', look);
      look();
    });
    return connection.localDescription?.sdp.match(/^a=candidate:.*$/gm) ?? [];
  });
}

/** What a browser gets from the relay with these servers: types of candidates, codes of errors. */
async function allocate(servers: RTCIceServer[]): Promise<{ types: string[]; errors: number[] }> {
  const { page } = await clinic.visit(`${clinic.pages.url}/blank.html`);
  return page.evaluate(async (iceServers) => {
    const found = { types: new Set<string>(), errors: new Set<number>() };
    const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });
    connection.addEventListener('icecandidateerror', ({ errorCode }) =>
      found.errors.add(errorCode),
    );
    // The last one is null.
    const done = new Promise<void>((resolve) => {
      connection.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate?.type) found.types.add(candidate.type);
        if (candidate === null) resolve();
      });
    });
    connection.createDataChannel('any');
    await connection.setLocalDescription();
    await done;
    connection.close();
    return { types: [...found.types], errors: [...found.errors] };
  }, servers);
}

describe('in a network that lets nothing through but the relay', () => {
  test('ICE-1 ICE-9 a doctor and a patient see and hear each other over it', async () => {
    const pages = await call();
    await Promise.all(pages.map((page) => page.expectMediaToFlow()));
    for (const page of pages) {
      expect(await selectedPair(page)).toBe('relay to relay');
      expect(page.errors).toEqual([]);
    }
  });

  test.each([
    ['expired', EXPIRED],
    ['forged', FORGED],
  ])('ICE-3 with %s credentials no call comes about', async (_, make) => {
    const pages = await call(make());
    expect(await Promise.all(pages.map(gathered))).toEqual([[], []]);
    for (const page of pages) {
      const { connectionState, framesDecoded, audioPackets } = await page.media();
      expect(connectionState).not.toBe('connected');
      expect([framesDecoded, audioPackets]).toEqual([0, 0]);
    }
  });
});

describe('what a browser gets from the relay', () => {
  test('ICE-1 a relayed address, with the credentials of welcome', async () => {
    await fetch(`${clinic.server.url}/create-namespace?namespaceId=${NAMESPACE}`);
    const client = await new TestClient(clinic.server.url, NAMESPACE).ready();
    expect(await allocate(client.welcome['ice-servers'])).toEqual({ types: ['relay'], errors: [] });
    client.close();
  });

  test.each([
    ['expired', EXPIRED],
    ['forged', FORGED],
  ])('ICE-3 nothing, with %s credentials', async (_, make) => {
    expect(await allocate(make())).toEqual({ types: [], errors: [401] });
  });
});
