import { once } from 'node:events';
import { createServer } from 'node:net';
import { addressOf } from '../operator-client.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

const PATIENCE_MS = 5000;

interface Place {
  host: string;
  port: number;
}

/** Whether the port can be had, or who has it. `isServed`: this server, or another of its kind, listens there. */
export async function checkPort(
  about: string,
  place: Place,
  variable: string,
): Promise<{ finding: Finding; isServed: boolean }> {
  const where = `${place.host}:${place.port}`;
  const not = (finding: Finding) => ({ finding, isServed: false });
  if (place.port === 0) return not(ok(about, 'any free one is taken'));
  const trouble = await troubleListening(place);
  if (trouble === undefined) return not(ok(about, `${where} is free`));
  switch (trouble.code) {
    case 'EADDRINUSE':
      return whoServes(about, place, variable);
    case 'EACCES':
      return not(
        failed(about, `this user may not listen on ${where}`, `Set ${variable} to 1024 or above.`),
      );
    default: {
      const remedy = 'Set HOST to an address of this machine, or to 0.0.0.0 for all.';
      return not(failed(about, `${where}: ${reasonOf(trouble)}`, remedy));
    }
  }
}

async function troubleListening({ host, port }: Place): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function whoServes(about: string, place: Place, variable: string) {
  const where = `${place.host}:${place.port}`;
  const answer = await readinessAt(addressOf(place));
  if (answer?.ready === true)
    return { finding: ok(about, `${where} is served by this server`), isServed: true };
  if (answer !== undefined) {
    const says = `${where} is served by this server, which takes no new clients: ${answer.why}`;
    const remedy = 'Look at its log, and at docs/LOGS.md.';
    return { finding: warning(about, says, remedy), isServed: true };
  }
  const remedy = `Stop what listens there, or set ${variable} to another.`;
  return {
    finding: failed(about, `${where} is taken by another program`, remedy),
    isServed: false,
  };
}

/** What `/readyz` says there; undefined if it is no server of this kind. */
async function readinessAt(address: string): Promise<{ ready: boolean; why?: string } | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(new URL('/readyz', address), { signal });
    const said = (await response.json()) as { ready?: unknown; why?: string };
    return typeof said.ready === 'boolean' ? { ...said, ready: said.ready } : undefined;
  } catch {
    return undefined;
  }
}
