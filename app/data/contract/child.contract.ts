import { writeSync } from 'node:fs';
import { SignalingError } from '../../errors/signaling-error.ts';
import type { SessionData } from '../session-data.ts';
import type { ChildTask } from './child-process.contract.ts';
import { aClient, NOW, type Store, store } from './fixtures.contract.ts';

/** Written at once, so that what the parent reads was acknowledged, and all that was is read. */
const say = (line: string | number): void => void writeSync(1, `${line}\n`);

const WIDE = { messages: 256, bytes: 262_144 };

async function write(data: SessionData, n: number): Promise<void> {
  await data.saveClient(aClient({ id: `client-${n}`, generation: n }));
  await data.hold(`client-${n}`, { event: 'offer', data: n }, WIDE);
  await store(data, { id: `room-${n}`, state: 'waiting', place: n, entry: { n } });
}

const tasks: Record<ChildTask, (data: SessionData) => Promise<void>> = {
  async write(data) {
    for (let n = 1; ; n += 1) {
      await write(data, n);
      say(n);
    }
  },

  async 'hold-open'(data) {
    say('open');
    // Uses it, too: a store that nobody refers to any more may be closed by the garbage collector.
    setInterval(() => data.hasNamespace('desk').catch(say), 100);
  },

  /** Writes until the store refuses, tries to remove the namespace, and says what is there then. */
  async 'fill-up'(data) {
    let n = 0;
    let error: unknown;
    while (error === undefined) {
      error = await write(data, n + 1).catch((thrown: unknown) => thrown);
      if (error === undefined) n += 1;
    }
    const removal = await data.removeNamespace('desk', NOW).catch((thrown: unknown) => thrown);
    const codes = [error, removal].map((e) => (e instanceof SignalingError ? e.code : String(e)));
    const rooms = await data.waitingRooms('desk');
    say(JSON.stringify({ n, codes, rooms: rooms.length, cause: String((error as Error).cause) }));
  },
};

const { opener, task } = JSON.parse(process.argv[2] ?? '') as {
  opener: Store['opener'];
  task: ChildTask;
};
const module: Record<string, (options: object) => Promise<SessionData>> = await import(
  opener.module
);
const open = module[opener.name];
if (open === undefined) throw new Error(`${opener.module} exports no ${opener.name}`);
await tasks[task](await open(opener.options));
