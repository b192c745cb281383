import { randomBytes } from 'node:crypto';
import { Backend, type BackendParts } from './backend.ts';
import { Practice, type PracticePlan } from './practice.ts';
import { Tally } from './tally.ts';

export interface SimulationPlan extends PracticePlan {
  calls: number;
  /** How many practices work at the same time, each in one call at a time. */
  atOnce: number;
}

export interface SimulationParts extends BackendParts {
  plan: SimulationPlan;
  /** Ends it early. */
  signal: AbortSignal;
  onEnded: () => void;
  onNote: (text: string) => void;
}

/** In a practice: the doctor, the patient in the call and the next one; and one for whoever looks on. */
const CONNECTIONS_EACH = 3;
const CONNECTIONS_SPARED = 10;
/** So many practices are opened in one go: everybody at once is what a restart is like, not a morning. */
const BATCH = 20;

/**
 * Holds the calls, in practices of its own that are gone afterwards.
 * @throws Error the server cannot be asked, or lets nobody in
 */
export async function simulate(parts: SimulationParts): Promise<{ tally: Tally; atOnce: number }> {
  const { url, plan, signal, onEnded, onNote } = parts;
  const backend = new Backend(parts);
  const tally = new Tally();
  const name = `simulation-${randomBytes(4).toString('hex')}`;
  const opened: Practice[] = [];
  const made: string[] = [];

  async function open(number: number): Promise<Practice> {
    const namespaceId = `${name}-${number}`;
    made.push(namespaceId);
    await backend.createNamespace(namespaceId);
    const tokenFor = (role: 'doctor' | 'patient') => backend.tokenFor(role, namespaceId);
    const practice = new Practice({ url, namespaceId, tokenFor, plan, tally, signal, onEnded });
    opened.push(practice);
    await practice.open();
    return practice;
  }

  try {
    const first = await open(1);
    const most = Math.max(
      1,
      Math.floor((first.connections - CONNECTIONS_SPARED) / CONNECTIONS_EACH),
    );
    const atOnce = Math.min(plan.atOnce, plan.calls, most);
    if (atOnce < Math.min(plan.atOnce, plan.calls)) {
      onNote(
        `The server takes ${first.connections} connections from one address: ${atOnce} calls at once (MAX_CONNECTIONS_PER_ADDRESS).`,
      );
    }
    const share = (number: number) =>
      Math.floor(plan.calls / atOnce) + (number <= plan.calls % atOnce ? 1 : 0);
    const work: Promise<void>[] = [];
    const begin = (practice: Practice, number: number) => {
      const held = practice.hold(share(number));
      // What goes wrong is told when all is waited for.
      held.catch(() => {});
      work.push(held);
    };
    begin(first, 1);
    for (let number = 2; number <= atOnce; number += BATCH) {
      if (signal.aborted) break;
      const numbers = Array.from(
        { length: Math.min(BATCH, atOnce - number + 1) },
        (_, n) => number + n,
      );
      const practices = await Promise.all(numbers.map(open));
      for (const [n, practice] of practices.entries()) begin(practice, number + n);
    }
    await Promise.race([Promise.all(work), aborted(signal)]);
    return { tally, atOnce };
  } finally {
    for (const practice of opened) practice.leave();
    await Promise.all(
      made.map((namespaceId) => backend.removeNamespace(namespaceId).catch(() => {})),
    );
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
