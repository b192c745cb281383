import { setTimeout as pause } from 'node:timers/promises';
import type { OurContestant } from '../lib/ours.ts';
import type { SocketIoEnd } from '../lib/socketio-end.ts';
import type { Section } from '../lib/table.ts';

/** A waiting room in which people come and go: what that costs, and how often the others hear of it. */
export async function waiting(
  contestant: OurContestant,
  { sizes, ms }: { sizes: readonly number[]; ms: number },
): Promise<Section> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const stage = await contestant.start();
    const namespaceId = await stage.practice(0);
    let updates = 0;
    const arrive = async (number: number): Promise<SocketIoEnd> => {
      const patient = await stage.open(namespaceId, 'patient', `patient-${number}`);
      patient.onEvent = (event) => {
        if (event === 'queue-position') updates += 1;
      };
      await patient.ask('create', { 'room-id': `room-${number}`, patientID: `p-${number}` });
      return patient;
    };
    const room: SocketIoEnd[] = [];
    for (let n = 0; n < size; n += 1) room.push(await arrive(n));
    await pause(2000);
    updates = 0;
    const [cpu, began] = [await stage.process.cpuMs(), performance.now()];
    let changes = 0;
    for (let n = size; performance.now() - began < ms; n += 1) {
      // The first in line leaves, so that everybody's place changes.
      const first = room.shift();
      await first?.ask('patient-left', { patientID: `p-${n - size}` });
      first?.close();
      room.push(await arrive(n));
      changes += 2;
      await pause(50);
    }
    const seconds = (performance.now() - began) / 1000;
    const spent = (await stage.process.cpuMs()) - cpu;
    rows.push([
      String(size),
      (changes / seconds).toFixed(0),
      (updates / seconds / size).toFixed(2),
      (spent / seconds).toFixed(0),
      ((spent * 1000) / changes).toFixed(0),
    ]);
    for (const patient of room) patient.close();
    await stage.stop();
  }
  return {
    title: 'A waiting room in motion',
    about:
      'The first in line leaves and another one comes, again and again: every change moves all.',
    head: [
      'waiting',
      'changes a second',
      'updates each a second',
      'CPU ms a second',
      'CPU µs a change',
    ],
    rows,
  };
}
