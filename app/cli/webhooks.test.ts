import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshRoom, granted, Practice } from '../../test/support/practice.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { Service } from '../../test/support/service.ts';
import { WebhookReceiver } from '../../test/support/webhook-receiver.ts';
import { webhooksCommand } from './webhooks.ts';

vi.setConfig({ testTimeout: 60_000 });

const OPERATOR_TOKEN = 'the-token-of-whoever-is-on-call-tonight';
const DAY_MS = 24 * 3_600_000;

let receiver: WebhookReceiver;
let service: Service;

async function open(env: Record<string, string> = { OPERATOR_TOKEN }): Promise<void> {
  const WEBHOOK_SECRET = Buffer.from('the secret of this hospital 2030').toString('base64');
  service = await Service.start({ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET, ...env }, 1);
}

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await service.stop();
  await receiver.down();
});

function run(line: string, operatorToken: string | undefined = OPERATOR_TOKEN) {
  const { hostname: host, port } = new URL(service.url);
  const settings = () => ({ host, port: Number(port), operatorToken });
  return runCommand((ends) => webhooksCommand({ settings, ...ends }), line.split(' '));
}

/** A patient waits and leaves while the backend takes nothing for longer than a day. */
async function visitInVain(): Promise<string> {
  const practice = await Practice.open(service);
  const room = freshRoom();
  receiver.answer = () => 503;
  const patient = await practice.patient(room);
  await granted(patient.say('patient-left', {}));
  await service.pass(0);
  await service.pass(DAY_MS);
  receiver.answer = () => 204;
  receiver.tries.splice(0);
  return room;
}

describe('webhooks list', () => {
  it('HOOK-9 shows those that were given up, and why, the latest first', async () => {
    await open();
    expect(await run('list')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There are no webhooks given-up.\n',
    });
    const room = await visitInVain();
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const [n, type] of ['ended     ', 'turn-soon', 'waiting  '].entries()) {
      const end = `room ${room}  given-up after (1 try|2 tries): it answered 503`;
      const at = '2030-01-01T00:00:00.000Z';
      expect(lines[n]).toMatch(new RegExp(`^${at}  evt_\\S+  consultation.${type} +${end}$`));
    }
  });

  it('HOOK-9 those of a room, or of a state, and with what is sent', async () => {
    await open();
    const practice = await Practice.open(service);
    const [room, other] = [freshRoom(), freshRoom()];
    await practice.patient(room);
    await practice.patient(other);
    await service.pass(0);
    await receiver.has(room, ['waiting', 'turn-soon']);
    const shown = async (line: string) =>
      (await run(line)).stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text));
    expect((await shown(`list --room ${room} --json`)).map(({ body }) => body)).toEqual(
      receiver.of(room).reverse(),
    );
    expect(await shown('list --state delivered --json')).toHaveLength(4);
    const page = await run('list --state delivered --limit 3');
    expect(page.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(page.stderr).toContain('--limit');
  });
});

describe('webhooks replay', () => {
  it('HOOK-9 all that were given up are sent again, in order, with the id that they had', async () => {
    await open();
    const room = await visitInVain();
    const listed = (await run('list --json')).stdout.trimEnd().split('\n');
    const ids = listed.map((line) => JSON.parse(line).id).reverse();
    expect(await run('replay --state given-up')).toEqual({
      code: 0,
      stdout: '3 webhooks are sent again.\n',
      stderr: '',
    });
    await service.pass(0);
    await receiver.has(room, ['waiting', 'turn-soon', 'ended']);
    expect(receiver.taken.map(({ id }) => id)).toEqual(ids);
    expect((await run('list')).stdout).toBe('');
  });

  it('HOOK-9 one that was taken comes once more, and what is waiting or unknown does not', async () => {
    await open();
    const practice = await Practice.open(service);
    const room = freshRoom();
    await practice.patient(room);
    await service.pass(0);
    await receiver.has(room, ['waiting', 'turn-soon']);
    const [first] = receiver.taken;
    receiver.answer = () => 500;
    expect((await run(`replay ${first?.id} evt_unknown`)).stdout).toBe(
      '1 webhook is sent again.\n',
    );
    await service.pass(0);
    expect((await run(`replay ${first?.id}`)).stdout).toBe('0 webhooks are sent again.\n');
    receiver.answer = () => 200;
    await service.pass(DAY_MS);
    await receiver.has(room, ['waiting', 'turn-soon', 'waiting']);
    expect(receiver.taken.at(-1)).toMatchObject({ id: first?.id, text: first?.text });
  });

  it('HOOK-9 of what happened since a time', async () => {
    await open();
    const practice = await Practice.open(service);
    const [room, later] = [freshRoom(), freshRoom()];
    await practice.patient(room);
    await service.pass(60_000);
    await practice.patient(later);
    await service.pass(0);
    const since = '2030-01-01T00:01:00Z';
    expect((await run(`replay --state delivered --since ${since}`)).stdout).toMatch(/^2 /);
    await service.pass(0);
    await receiver.has(later, ['waiting', 'turn-soon', 'waiting', 'turn-soon']);
    await receiver.has(room, ['waiting', 'turn-soon']);
  });

  it('HOOK-10 what is older than WEBHOOK_DAYS is forgotten', async () => {
    await open({ OPERATOR_TOKEN, WEBHOOK_DAYS: '2' });
    await visitInVain();
    await service.pass(2 * DAY_MS);
    expect((await run('list')).stdout.trimEnd().split('\n')).toHaveLength(3);
    await service.pass(1);
    await service.pass(1);
    expect((await run('list')).stdout).toBe('');
  });
});

describe('where there is nobody to ask', () => {
  it.each([
    ['list', '', 'OPERATOR_TOKEN is not set'],
    ['list', 'x'.repeat(32), 'another OPERATOR_TOKEN'],
    ['list --url http://127.0.0.1:1', OPERATOR_TOKEN, 'no server answers at http://127.0.0.1:1'],
  ])('HOOK-9 %s with the token %j ends with 1: %s', async (line, token, says) => {
    await open();
    const told = await run(line, token);
    expect(told.stderr).toContain(says);
    expect(told.code).toBe(1);
  });

  it('HOOK-9 a server that sends none says so', async () => {
    service = await Service.start({ OPERATOR_TOKEN }, 1);
    const { code, stderr } = await run('list');
    expect([code, stderr]).toEqual([1, expect.stringContaining('sends no webhooks')]);
  });

  it.each([
    'list --state lost',
    'list --limit 0',
    'list --limit 501',
    'replay',
    'replay evt_1 --state given-up',
    'replay evt_1 --since 2030-01-01',
    'replay --state waiting',
    'replay --state given-up --since yesterday',
    'resend',
  ])('HOOK-9 `webhooks %s` is a mistake: code 2', async (line) => {
    await open();
    const { code, stdout, stderr } = await run(line);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: ');
  });

  it.each(['/ops/webhooks', '/ops/webhooks?state=given-up'])(
    'HOOK-9 %s shows nobody else anything',
    async (path) => {
      await open();
      expect((await service.get(path)).status).toBe(401);
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
      expect((await service.get(path, headers)).status).toBe(200);
      await service.stop();
      await open({});
      expect((await service.get(path, headers)).status).toBe(404);
    },
  );
});
