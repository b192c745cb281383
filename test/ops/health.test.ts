import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Process, ROOT, ServerProcess } from '../support/process.ts';
import { Service } from '../support/service.ts';

vi.setConfig({ testTimeout: 60_000 });

const ask = async (url: string): Promise<[number, unknown]> => {
  const answer = await fetch(url);
  return [answer.status, await answer.json()];
};

describe('a server that is well', () => {
  let service: Service;

  afterEach(() => service.stop());

  it('OPS-1 OPS-2 lives and is ready, on either port', async () => {
    service = await Service.start({ METRICS_PORT: '0' }, 1);
    const apart = `http://127.0.0.1:${service.nodes[0]?.metricsPort}`;
    for (const origin of [service.url, apart]) {
      expect(await ask(`${origin}/healthz`)).toEqual([200, { alive: true }]);
      expect(await ask(`${origin}/readyz`)).toEqual([200, { ready: true }]);
    }
    expect(await ask(`${apart}/create-room`)).toMatchObject([404, { code: 'not-found' }]);
  });

  it('OPS-1 OPS-2 lives and is not ready while it goes', async () => {
    service = await Service.start({ METRICS_PORT: '0' }, 1);
    const apart = `http://127.0.0.1:${service.nodes[0]?.metricsPort}`;
    await service.call('create-namespace', { namespaceId: 'clinic' });
    // Two batches, so that going takes a while.
    const clients = [await service.join('clinic'), await service.join('clinic')];
    const going = service.goDown(2000);
    await clients[0]?.first('server-draining');
    expect(await ask(`${apart}/readyz`)).toEqual([503, { ready: false, why: 'This node goes.' }]);
    expect(await ask(`${apart}/healthz`)).toEqual([200, { alive: true }]);
    await going;
  });
});

describe('a server whose disk is full', () => {
  it('OPS-2 lives, and says why it is not ready', async () => {
    const server = await ServerProcess.make();
    const env = { DATA_DIR: server.dataDir, EXPRESS_PORT: '0', LOG_LEVEL: 'silent' };
    const script = `trap '' XFSZ; ulimit -f 400; exec ${process.execPath} ${join(ROOT, 'dist/app/server.js')}`;
    const full = new Process('bash', ['-c', script], server.folder, env);
    try {
      const url = await full.listening();
      const filled = async () => {
        const id = crypto.randomUUID().repeat(3);
        return (await fetch(`${url}/create-namespace?namespaceId=${id}`)).status;
      };
      while ((await filled()) === 200);
      const why = 'The store cannot be written. Is the disk full?';
      expect(await ask(`${url}/readyz`)).toEqual([503, { ready: false, why }]);
      expect(await ask(`${url}/healthz`)).toEqual([200, { alive: true }]);
    } finally {
      await full.signal('SIGKILL');
      await server.clear();
    }
  });
});
