import type { OurContestant } from '../lib/ours.ts';
import type { SocketIoEnd } from '../lib/socketio-end.ts';
import type { Section } from '../lib/table.ts';

const AT_ONCE = 50;

/** The server is killed, and everybody comes back at once. */
export async function restart(
  contestant: OurContestant,
  { clients }: { clients: number },
): Promise<Section> {
  const stage = await contestant.start();
  const namespaceId = await stage.practice(0);
  const tokens: { number: number; resume: string }[] = [];
  const all: SocketIoEnd[] = [];
  const inTurn = async <T>(things: readonly T[], act: (thing: T) => Promise<void>) => {
    const left = [...things];
    const one = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await act(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
  };
  const numbers = Array.from({ length: clients }, (_, number) => number);
  const cpu = await stage.process.cpuMs();
  await inTurn(numbers, async (number) => {
    const patient = await stage.open(namespaceId, 'patient', `patient-${number}`);
    tokens.push({ number, resume: patient.resumeToken });
    all.push(patient);
  });
  const connectUs = (((await stage.process.cpuMs()) - cpu) * 1000) / clients;
  for (const patient of all.splice(0)) patient.close();

  const killed = performance.now();
  await stage.restart();
  const up = performance.now() - killed;
  const cpuOfStart = await stage.process.cpuMs();
  let resumed = 0;
  await inTurn(tokens, async ({ number, resume }) => {
    const auth = { resume, heard: 0 };
    const patient = await stage.open(namespaceId, 'patient', `patient-${number}`, auth);
    if (patient.hasResumed) resumed += 1;
    all.push(patient);
  });
  const back = performance.now() - killed;
  const resumeUs = (((await stage.process.cpuMs()) - cpuOfStart) * 1000) / clients;
  for (const patient of all) patient.close();
  await stage.stop();
  return {
    title: 'Everybody comes back after SIGKILL',
    about: `${clients} clients, ${AT_ONCE} at a time.`,
    head: [
      'resumed',
      'listens again after, s',
      'all back after, s',
      'CPU µs a resume',
      '× connecting',
    ],
    rows: [
      [
        `${resumed} of ${clients}`,
        (up / 1000).toFixed(1),
        (back / 1000).toFixed(1),
        resumeUs.toFixed(0),
        (resumeUs / connectUs).toFixed(2),
      ],
    ],
  };
}
