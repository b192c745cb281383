import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshRoom, Practice } from '../../test/support/practice.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { Service } from '../../test/support/service.ts';
import { statusCommand } from './status.ts';

vi.setConfig({ testTimeout: 60_000 });

const OPERATOR_TOKEN = 'the-token-of-whoever-is-on-call-tonight';

let service: Service;
beforeEach(async () => {
  service = await Service.start({ OPERATOR_TOKEN }, 1);
});
afterEach(() => service.stop());

function run(line: string, operatorToken: string | undefined = OPERATOR_TOKEN) {
  const { hostname: host, port } = new URL(service.url);
  const settings = () => ({ host, port: Number(port), operatorToken });
  const words = line.split(' ').filter((word) => word !== '');
  return runCommand((ends) => statusCommand({ settings, isTerminal: false, ...ends }), words);
}

describe('status', () => {
  it('CLI-10 shows the node and its practices, in figures', async () => {
    const practice = await Practice.open(service);
    await practice.doctor();
    for (const room of [freshRoom(), freshRoom()]) await practice.patient(room);
    await service.pass(60_000);
    await service.pass(3_600_000);
    const { code, stdout, stderr } = await run('');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Ready +yes$/m);
    expect(stdout).toMatch(/^Up +1 h 1 min$/m);
    expect(stdout).toMatch(/^Clients +1 doctor, 2 patients, 0 guests$/m);
    expect(stdout).toMatch(/^Waiting +2 +█+$/m);
    expect(stdout).toMatch(/^Calls +0 +▁+$/m);
    expect(stdout).toMatch(new RegExp(`^${practice.id} +1 +2 +0 +0 +0$`, 'm'));
  });

  it('CLI-10 OPS-5 of several nodes it shows each', async () => {
    const several = await Service.start({ OPERATOR_TOKEN }, 2);
    try {
      const { stdout } = await run(`--url ${several.nodes[0]?.url}`);
      expect(stdout).toMatch(/^Node +Connections +Waiting +Calls +On hold +Takes clients$/m);
      expect(stdout).toMatch(/^node-0\.\S+ \(this one\) +0 +0 +0 +0 +yes$/m);
      expect(stdout).toMatch(/^node-1\.\S+ +0 +0 +0 +0 +yes$/m);
    } finally {
      await several.stop();
    }
  });

  it('CLI-10 an empty node says so; with --json it is all there', async () => {
    expect((await run('--once')).stdout).toMatch(/^Nobody is here\.$/m);
    const { code, stdout } = await run('--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ connections: 0, namespaces: [] }),
    ]);
  });

  it.each([
    ['', 'x'.repeat(32), 'another OPERATOR_TOKEN'],
    ['', '', 'OPERATOR_TOKEN is not set'],
    ['--url http://127.0.0.1:1', OPERATOR_TOKEN, 'no server answers at http://127.0.0.1:1'],
  ])('CLI-10 `status %s` with the token %j ends with 1: %s', async (line, token, says) => {
    const { code, stdout, stderr } = await run(line, token);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(says);
  });

  it('CLI-10 a server without an OPERATOR_TOKEN says so', async () => {
    const other = await Service.start({}, 1);
    try {
      const { code, stderr } = await run(`--url ${other.url}`);
      expect([code, stderr]).toEqual([1, expect.stringContaining('has no OPERATOR_TOKEN')]);
    } finally {
      await other.stop();
    }
  });

  it.each(['--every 0', '--every often', '--loud'])(
    'CLI-10 `status %s` is a mistake: code 2',
    async (line) => {
      expect(await run(line)).toMatchObject({ code: 2, stdout: '' });
    },
  );
});
