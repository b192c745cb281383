import { afterEach, describe, expect, it, vi } from 'vitest';
import { Figures } from '../../test/support/figures.ts';
import { ServerProcess } from '../../test/support/process.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { Service } from '../../test/support/service.ts';
import { loadConfig } from '../config.ts';
import type { Summary } from './simulate/summary.ts';
import { simulateCommand } from './simulate.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const JWT_SECRET = 'the-secret-of-a-practice-in-the-evening';

let service: Service;
afterEach(() => service?.stop());

const open = async (env: Record<string, string> = {}) => {
  service = await Service.start({ METRICS_PORT: '0', ...env }, 1);
};

function run(line: string, env: Record<string, string> = {}) {
  const { hostname, port } = new URL(service.url);
  const settings = () => loadConfig({ HOST: hostname, EXPRESS_PORT: port, ...env });
  const words = line.split(' ').filter((word) => word !== '');
  return runCommand((ends) => simulateCommand({ settings, isWatched: false, ...ends }), words);
}

async function summaryOf(line: string, env?: Record<string, string>) {
  const { code, stdout, stderr } = await run(`${line} --json`, env);
  return { code, stderr, summary: JSON.parse(stdout) as Summary };
}

const figures = () => Figures.of(service.nodes[0]?.metricsPort);

describe('simulate', () => {
  it('CLI-6 holds so many calls, tells how it went, and leaves no practice behind', async () => {
    await open();
    const { code, stdout, stderr } = await run('--calls 6 --at-once 2 --messages 5 --seconds 0');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^6 calls in [\d.]+ s, 2 at once\n/);
    expect(stdout).toMatch(/^Calls +6 set up, 6 ended, 0 stuck$/m);
    expect(stdout).toMatch(
      /^Messages +60 acknowledged, 60 received: 0 lost, 0 twice, 0 out of order$/m,
    );
    expect(stdout).toMatch(/^Connections +8 people, 0 cut, 0 resumed, 0 not resumed$/m);
    const after = await figures();
    expect(after.value('signaling_namespaces')).toBe(0);
    expect(after.value('signaling_consultations_ended_total')).toBe(6);
    expect(
      after.value('signaling_consultations_ended_total', { reason: 'namespace-removed' }),
    ).toBe(0);
  });

  it('CLI-7 connections that are cut in the midst are resumed, and nothing is lost', async () => {
    await open();
    const { code, summary } = await summaryOf('--calls 12 --at-once 6 --seconds 1 --drops');
    expect(summary).toMatchObject({
      well: true,
      calls: { asked: 12, setUp: 12, ended: 12, stuck: 0 },
      messages: { lost: 0, duplicated: 0, reordered: 0 },
      connections: { notResumed: 0 },
    });
    const { dropped, resumed } = summary.connections;
    expect(dropped).toBeGreaterThan(0);
    expect(resumed).toBe(dropped);
    expect((await figures()).value('signaling_resumes_total', { result: 'resumed' })).toBe(resumed);
    expect(code).toBe(0);
  });

  it('CLI-8 it slows down where the server asks for it, and says so', async () => {
    await open({ EVENT_BURST: '8', EVENTS_PER_SECOND: '8' });
    const { code, summary } = await summaryOf('--calls 1 --messages 12 --seconds 0');
    expect(code).toBe(0);
    expect(summary.slowed['rate-limited']).toBeGreaterThan(0);
    expect(summary.messages).toMatchObject({ sent: 24, received: 24, lost: 0 });
    expect((await run('--calls 1 --messages 12 --seconds 0')).stdout).toMatch(
      /^Slowed down +rate-limited \d/m,
    );
  });

  it('CLI-8 no more at once than one address may', async () => {
    await open({ MAX_CONNECTIONS_PER_ADDRESS: '16' });
    const { code, summary, stderr } = await summaryOf('--calls 4 --messages 2 --seconds 0');
    expect([code, summary.atOnce]).toEqual([0, 2]);
    expect(stderr).toContain('MAX_CONNECTIONS_PER_ADDRESS');
  });

  it('CLI-9 with access tokens it makes its own, by the settings of the server', async () => {
    // By the real clock, which tokens are made by.
    const server = await ServerProcess.start({ LOG_LEVEL: 'silent', JWT_SECRET });
    try {
      await open();
      const line = `--calls 2 --messages 2 --seconds 0 --url ${server.url}`;
      const { code, summary } = await summaryOf(line, { JWT_SECRET });
      expect([code, summary.well]).toEqual([0, true]);
      const stranger = await run(line);
      expect(stranger).toMatchObject({ code: 1, stdout: '' });
      expect(stranger.stderr).toContain('JWT_SECRET');
    } finally {
      await server.clear();
    }
  });

  it('CLI-9 where no server answers it ends with 1 and says what to do', async () => {
    await open();
    const { code, stdout, stderr } = await run('--url http://127.0.0.1:1');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('no server answers at http://127.0.0.1:1');
  });

  it('CLI-6 a call that does not end in time is stuck: code 1', async () => {
    await open();
    const { code, summary } = await summaryOf('--calls 2 --at-once 1 --seconds 60 --patience 1');
    expect(code).toBe(1);
    expect(summary).toMatchObject({ well: false, calls: { ended: 0, stuck: 2 } });
    expect(summary.reasons).toEqual(['it did not end in time']);
  });

  it.each(['--calls 0', '--calls many', '--at-once 10001', '--url here', '--loud'])(
    'CLI-6 `simulate %s` is a mistake: code 2',
    async (line) => {
      await open();
      expect(await run(line)).toMatchObject({ code: 2, stdout: '' });
    },
  );
});
