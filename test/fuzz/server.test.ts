import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Arena } from './arena.ts';
import { ask } from './ask.ts';
import { frameAttacks } from './frames.ts';
import { Gang } from './gang.ts';
import { packetAttacks } from './packets.ts';
import { payloadAttacks } from './payloads.ts';
import { type Campaign, campaign, PATIENCE_MS, report } from './plan.ts';
import { tokenFor } from './practices.ts';
import { type RequestCase, requestCases } from './requests.ts';
import type { Attack } from './villain.ts';

vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: 60_000 });

const arena = new Arena();
beforeAll(() => arena.ready());
afterAll(async () => {
  report({ longestStallMs: arena.stalls.longest });
  await arena.close();
});

/**
 * Tries cases against the server, beside honest people. Answers which part of them it answered instead of
 * cutting the connection: were that none, the cases would prove little.
 */
async function answeredPart<Case>(
  given: Omit<Campaign<Case>, 'hold'>,
  play: (cases: readonly Case[]) => Promise<number>,
): Promise<number> {
  let answered = 0;
  const tried = await campaign({
    ...given,
    hold: async (cases) => {
      answered += await arena.survives(() => play(cases));
    },
  });
  return answered / tried;
}

const attack = (attacks: readonly Attack[]): Promise<number> => new Gang(arena).play(attacks);

async function request(cases: readonly RequestCase[]): Promise<number> {
  const service = tokenFor('service', 'hostile service', ['bazaar']);
  const fill = ({ bytes }: RequestCase) => bytes.replaceAll('{{service}}', service);
  const outcomes = await Promise.all(cases.map((one) => ask(arena.port, fill(one))));
  return outcomes.filter((outcome) => outcome === 'answered').length;
}

describe('IN-4 WHO-1 what is malformed costs its sender an error and nobody else anything', () => {
  test('IN-2 MEDIA-1 payload', async () => {
    const given = { kind: 'payload', cases: payloadAttacks, together: 100 } as const;
    expect(await answeredPart(given, attack)).toBeGreaterThan(0.7);
  });

  test('GATE-2 GATE-3 packet', async () => {
    const given = { kind: 'packet', cases: packetAttacks, together: 60 } as const;
    expect(await answeredPart(given, attack)).toBeGreaterThan(0.05);
  });

  test('GATE-5 frame', async () => {
    const given = { kind: 'frame', cases: frameAttacks, together: 60 } as const;
    expect(await answeredPart(given, attack)).toBeGreaterThan(0.02);
  });

  test('HTTP-10 HTTP-16 request', async () => {
    const given = { kind: 'request', cases: requestCases, together: 60 } as const;
    expect(await answeredPart(given, request)).toBeGreaterThan(0.3);
  });
});
