import { randomUUID } from 'node:crypto';
import { createTokenMint, type MintRequest } from '../../app/auth/mint.ts';
import { systemClock } from '../../app/clock.ts';
import type { Canaries } from './canaries.ts';
import { TestClient } from './clients.ts';
import { HttpCaller } from './http.ts';
import { RawWebSocket } from './raw-socket.ts';
import { NEGOTIATIONS } from './sdp-fixtures.ts';

const NAME = 'telemedicine-signaling';
const SDP = NEGOTIATIONS.get('chromium-call')?.descriptions[0]?.sdp ?? '';
const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 49203 typ host ufrag ';

/** A day at a server with access tokens, on which everything happens, well and badly, full of canaries. */
export class BusyDay {
  readonly #url: string;
  readonly #canaries: Canaries;
  readonly #secret: string;
  readonly #clients: TestClient[] = [];
  readonly namespaceId: string;

  constructor(url: string, canaries: Canaries, secret: string) {
    this.#url = url;
    this.#canaries = canaries;
    this.#secret = secret;
    this.namespaceId = canaries.make('namespace id');
  }

  /** All of it; the last patient waits still when it resolves. */
  async pass(): Promise<void> {
    await this.#open();
    await this.#consultation();
    await this.#badInput();
    await this.#strangers();
    await this.#invitation();
    await this.#fault();
    await this.#waitOn();
    for (const client of this.#clients) client.close();
  }

  /** Sends as much as it takes for the store to refuse. */
  async fill(): Promise<void> {
    await this.#open();
    const patient = await this.#comeIn('patient');
    const here = { 'room-id': this.#make('room id'), filler: 'x'.repeat(12_000) };
    for (let isRefused = false; !isRefused; ) {
      const answer = await patient.say('create', { ...here, name: this.#make('name') });
      isRefused = answer.code === 'store-unavailable';
      if (!isRefused && answer.status === 'error') throw new Error(answer.code);
    }
    for (const client of this.#clients) client.close();
  }

  async #token(wanted: Partial<MintRequest> & Pick<MintRequest, 'role'>, secret = this.#secret) {
    const settings = { issuer: NAME, audience: NAME, secrets: [secret] };
    const { token } = await createTokenMint({ settings, clock: systemClock }).mint({
      subject: this.#canaries.make('subject'),
      namespaces: [this.namespaceId],
      ttlSeconds: 600,
      ...wanted,
    });
    const [, payload = '', signature = ''] = token.split('.');
    this.#canaries.watch('access token', payload);
    this.#canaries.watch('access token', signature);
    return token;
  }

  async #comeIn(role: 'doctor' | 'patient' | 'guest', auth: object = {}): Promise<TestClient> {
    const token = await this.#token({ role, subject: this.#canaries.make('subject') });
    return this.#comeWith({ token, ...auth });
  }

  async #comeWith(auth: object): Promise<TestClient> {
    const headers = { 'User-Agent': this.#make('header'), Cookie: `a=${this.#make('header')}` };
    const client = new TestClient(this.#url, this.namespaceId, { auth: { ...auth }, headers });
    this.#clients.push(client);
    await client.ready();
    this.#canaries.watch('resume token', client.welcome['resume-token']);
    for (const { credential } of client.welcome['ice-servers']) {
      this.#canaries.watch('TURN credential', credential);
    }
    return client;
  }

  #make = (kind: string): string => this.#canaries.make(kind);

  async #http(path: string, sent: object, token?: string): Promise<Record<string, string>> {
    const answer = await fetch(this.#url + path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(sent),
    });
    return (await answer.json()) as Record<string, string>;
  }

  async #open(): Promise<void> {
    const token = await this.#token({ role: 'service' });
    await this.#http('/create-namespace', { namespaceId: this.namespaceId }, token);
  }

  async #consultation(): Promise<void> {
    const here = { 'room-id': this.#make('room id') };
    const doctor = await this.#comeIn('doctor');
    await doctor.say('doctor-joined', { device: this.#make('name') });
    const token = await this.#token({ role: 'patient' });
    const patient = await this.#comeWith({ token });
    const name = { name: this.#make('name'), patientID: this.#make('patientID') };
    await patient.say('create', { ...here, ...name, deep: { a: [{ b: this.#make('metadata') }] } });
    await patient.say('ready', { camera: true, microphone: true, model: this.#make('metadata') });
    await doctor.say('message-to-waiting', { text: this.#make('text') });
    await doctor.say('join', { ...here, init: true, note: this.#make('metadata') });
    await patient.say('ack-doctor-entered', { 'client-id': doctor.id, x: this.#make('metadata') });
    await doctor.say('join', here);
    await this.#talk(doctor, patient);
    await this.#talk(patient, doctor);

    patient.drop();
    await doctor.first('client-disconnected');
    await this.#talk(doctor, patient);
    const back = await this.#comeWith({ token, resume: patient.welcome['resume-token'] });
    await doctor.say('hold', here);
    await doctor.say('join', here);
    await doctor.say('doctor-ended', { ...here, why: this.#make('metadata') });
    await back.caughtUp();
  }

  async #talk(from: TestClient, to: TestClient): Promise<void> {
    const peer = { 'peer-id': to.id };
    const sdp = `${SDP}a=x-${this.#make('sdp')}:1\r\n`;
    await from.say('offer', { ...peer, offer: { type: 'offer', sdp } });
    const candidate = CANDIDATE + this.#make('candidate');
    await from.say('ice-candidate', { ...peer, candidate: { candidate } });
    await from.say('send-metadata', { ...peer, name: this.#make('name') });
  }

  async #badInput(): Promise<void> {
    const guest = await this.#comeIn('guest');
    const bad = () => this.#make('bad input');
    await guest.say(bad(), { x: bad() });
    guest.socket.emit(bad(), bad());
    await guest.say('join', { 'room-id': `${bad()} ` });
    await guest.say('offer', {
      'peer-id': bad(),
      offer: { type: 'offer', sdp: `v=0\r\n${bad()}` },
    });
    await guest.say('ice-candidate', { 'peer-id': bad(), candidate: { candidate: bad() } });
    await guest.say('refresh-token', { token: bad() });
    await guest.say('leave', {
      'room-id': 'r',
      deep: JSON.parse(`${'['.repeat(60)}"${bad()}"${']'.repeat(60)}`),
    });
    guest.socket.emit('offer', { 'peer-id': bad(), filler: 'x'.repeat(70_000) });
    await guest.ended();
    for (const frame of [
      `42/${this.namespaceId},["${bad()}`,
      `40/${bad()},{"token":"${bad()}"`,
      bad(),
    ]) {
      const raw = await RawWebSocket.open(this.#url);
      raw.send(frame);
      await raw.closed;
    }
    const http = new HttpCaller(() => this.#url);
    await http.raw(`GET /${bad()} HTTP/1.1\r\nHost: x\r\nX: ${bad()}\r\nConnection: close\r\n\r\n`);
    await http.raw(`${bad()}\r\n\r\n`);
    await http.raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${bad()}${'x'.repeat(20_000)}\r\n\r\n`);
    await fetch(`${this.#url}/join-room?roomId=${bad()}%20&x=${bad()}`);
    await fetch(`${this.#url}/%ff${bad()}`);
    const body = `{"namespaceId": "${bad()}"`;
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${this.#url}/create-namespace`, { method: 'POST', headers, body });
  }

  async #strangers(): Promise<void> {
    const tokens = [
      this.#make('bad token'),
      await this.#token({ role: 'doctor' }, this.#make('strange secret') + 'x'.repeat(32)),
      await this.#token({ role: 'doctor', namespaces: ['elsewhere'] }),
    ];
    for (const token of tokens) {
      const resume = this.#make('bad token');
      const client = new TestClient(this.#url, this.namespaceId, { auth: { token, resume } });
      this.#clients.push(client);
      await client.ready().catch(() => {});
      const headers = { Authorization: `Bearer ${token}` };
      await fetch(`${this.#url}/remove-namespace?namespaceId=${this.namespaceId}`, { headers });
    }
  }

  async #invitation(): Promise<void> {
    const backend = await this.#token({ role: 'service' });
    const subject = this.#make('subject');
    const wanted = { role: 'patient', subject, namespaces: [this.namespaceId], room: randomUUID() };
    const { invitation = '' } = await this.#http('/api/v1/invitations', wanted, backend);
    this.#canaries.watch('invitation', invitation);
    const { token = '' } = await this.#http('/api/v1/invitations/redeem', { invitation });
    this.#canaries.watch('access token', token.split('.')[2] ?? '');
    await this.#http('/api/v1/invitations/redeem', { invitation });
    await this.#http(
      '/api/v1/tokens',
      { ...wanted, [this.#make('bad input')]: 1, role: 'x' },
      backend,
    );
  }

  /** Where `fault.child.mjs` is loaded, the server's own code fails here. */
  async #fault(): Promise<void> {
    const patient = await this.#comeIn('patient');
    const name = `fault-now ${this.#make('name')}`;
    await patient.say('create', { 'room-id': randomUUID(), name });
  }

  async #waitOn(): Promise<void> {
    const patient = await this.#comeIn('patient');
    const sent = { 'room-id': this.#make('room id'), name: this.#make('name of who waits') };
    await patient.say('create', sent);
  }
}
