import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Process } from '../support/process.ts';
import { Service } from '../support/service.ts';
import {
  type DocExample,
  examplesIn,
  isFound,
  programFor,
} from '../support/tokens/doc-examples.ts';

const examples = await examplesIn(new URL('../../docs/WEBHOOKS.md', import.meta.url));
const WEBHOOK_SECRET = `whsec_${Buffer.from('the secret of this hospital 2030').toString('base64')}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The example as a program of its own, listening; `use` gets it and its address. */
async function running(
  { language, file, code }: DocExample,
  use: (receiver: Process, url: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'signaling-webhook-example-'));
  await writeFile(join(folder, file), code);
  const port = await freePort();
  const env = { WEBHOOK_SECRET, PORT: String(port) };
  const receiver = new Process(programFor(language), [file], folder, env);
  try {
    await expect.poll(() => receiver.stderr, { timeout: 20_000 }).toContain('listening');
    await use(receiver, `http://127.0.0.1:${port}/`);
  } finally {
    await receiver.signal('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

const BODY = JSON.stringify({ type: 'a-type', data: { 'room-id': 'a-room', sequence: 1 } });

/** Sends what the example gets from us, or a forgery of it. */
async function send(url: string, seconds: number, secret = WEBHOOK_SECRET, text = BODY) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`evt_1.${seconds}.${BODY}`).digest('base64');
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac}`,
  };
  return (await fetch(url, { method: 'POST', headers, body: text })).status;
}

describe('the examples of docs/WEBHOOKS.md', () => {
  it('HOOK-13 are in Node and Python', () => {
    expect(examples.map(({ language }) => language)).toEqual(['js', 'python']);
  });

  for (const example of examples) {
    const title = `HOOK-13 the ${example.language} example takes each webhook once, and none that is forged or old`;
    it(title, { timeout: 60_000 }, async ({ skip }) => {
      const program = programFor(example.language);
      if (!(await isFound(program))) {
        const note = `${program} not found on this machine: ${example.file} of docs/WEBHOOKS.md was NOT run`;
        console.warn(`SKIPPED ${note}`);
        skip(note);
      }
      await running(example, async (receiver, url) => {
        const service = await Service.start({ WEBHOOK_URL: url, WEBHOOK_SECRET }, 1);
        // The example holds the time against its own clock.
        service.clock.advance(Date.now() - service.clock.now());
        const practice = await Practice.open(service);
        const room = freshRoom();
        const patient = await practice.patient(room);
        await granted(patient.say('patient-left', {}));
        await service.pass(0);
        const told = ['waiting', 'turn-soon', 'ended'].map(
          (type, n) => `${room} ${n + 1} consultation.${type}\n`,
        );
        await expect.poll(() => receiver.stdout, { timeout: 20_000 }).toBe(told.join(''));
        await service.stop();

        const now = Math.floor(Date.now() / 1000);
        const wrong = `whsec_${Buffer.from('some other secret 0123456789').toString('base64')}`;
        expect(await send(url, now - 301)).toBe(401);
        expect(await send(url, now + 400)).toBe(401);
        expect(await send(url, now, wrong)).toBe(401);
        expect(await send(url, now, WEBHOOK_SECRET, BODY.replace('1', '2'))).toBe(401);
        expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
        expect(receiver.stdout).toBe(told.join(''));
        expect(await send(url, now)).toBe(204);
        expect(await send(url, now + 1)).toBe(204);
        await expect
          .poll(() => receiver.stdout, { timeout: 20_000 })
          .toBe(`${told.join('')}a-room 1 a-type\n`);
      });
    });
  }
});
