import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { VARIABLES } from '../../app/config/variables.ts';
import { loadConfig } from '../../app/config.ts';
import { ROOT, ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CONTAINERFILE = readFileSync(join(ROOT, 'deploy/Containerfile'), 'utf8').replace(
  /\\\n\s*/g,
  '',
);
const [, final = ''] = CONTAINERFILE.split(/^FROM .*(?<! AS build)$/m);

/** The arguments of an instruction of the final stage that is written in JSON. */
const listOf = (instruction: string): string[] =>
  JSON.parse(new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(final)?.[1] ?? '[]');

interface Service {
  read_only?: boolean;
  security_opt?: string[];
  cap_drop?: string[];
  stop_grace_period?: string;
  environment?: Record<string, string>;
  volumes?: string[];
}
const { services } = parse(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8'), {
  merge: true,
}) as { services: Record<string, Service> };
const nodes = Object.entries(services).filter(([name]) => name.startsWith('node-'));

describe('deploy/Containerfile', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start({ LOG_LEVEL: 'warn' });
  });
  afterAll(() => server.clear());

  it('CONTAINER-1 is built in one stage and runs in another, not as root', () => {
    expect(CONTAINERFILE.match(/^FROM /gm)).toHaveLength(2);
    expect(final).toMatch(/^USER node$/m);
    expect(final).not.toMatch(/^(RUN npm|COPY \. )/m);
  });

  it('CONTAINER-1 starts what is built, from what it copies', () => {
    const [program, file = ''] = listOf('CMD');
    expect(program).toBe('node');
    expect(existsSync(join(ROOT, file))).toBe(true);
    const copied = [...final.matchAll(/^COPY --from=build \/srv\/(\S+)/gm)].map(([, path]) => path);
    expect(copied).toEqual(['package.json', 'node_modules', 'packages', 'dist']);
  });

  it('CONTAINER-1 its health check passes while the server lives, and fails when it does not', async () => {
    const [program, ...args] = listOf('HEALTHCHECK');
    expect(program).toBe('node');
    const check = async () => {
      const here = args.map((one) => one.replace('127.0.0.1:3000', `127.0.0.1:${server.port}`));
      expect(here).not.toEqual(args);
      const [code] = await once(spawn(process.execPath, here, { stdio: 'ignore' }), 'exit');
      return code;
    };
    expect(await check()).toBe(0);
    await server.signal('SIGKILL');
    expect(await check()).toBe(1);
  });
});

describe('deploy/compose.yaml', () => {
  it.each(nodes)('CONTAINER-2 %s can change nothing but its data', (_name, node) => {
    expect(node).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(node.volumes).toEqual([expect.stringMatching(/^audit-\d:\/data$/)]);
  });

  it.each(nodes)('CONTAINER-2 %s has settings that there are, and time to drain', (_name, node) => {
    const names = Object.keys(node.environment ?? {});
    expect(names).toContain('REDIS_URL');
    expect(names.filter((name) => !(name in VARIABLES))).toEqual([]);
    const seconds = Number(/^(\d+)s$/.exec(node.stop_grace_period ?? '')?.[1]);
    expect(seconds * 1000).toBeGreaterThan(3 * loadConfig({}).drainMs);
  });

  it('CONTAINER-2 mounts files that are there', () => {
    const files = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0] ?? '');
    expect(files).toEqual(['./haproxy.cfg', './turnserver.conf']);
    expect(files.filter((file) => !existsSync(join(ROOT, 'deploy', file)))).toEqual([]);
  });
});
