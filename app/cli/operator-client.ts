import type { HttpError } from '@telemedicine-signaling/protocol';

/** Where the running server is, and what it lets an operator in for. */
export interface OperatorSettings {
  host: string;
  port: number;
  operatorToken: string | undefined;
}

/** Asks the running server as an operator. @throws Error what to do about it, in a sentence */
export type AskServer = (path: string, body?: object) => Promise<unknown>;

/**
 * @param address where it listens; undefined: where the settings say
 * @param unknown what is to be said where the server knows nothing of what is asked
 */
export function operatorClient(
  settings: OperatorSettings,
  address?: string,
  unknown = 'sends no webhooks, or has no OPERATOR_TOKEN: look at its settings.',
): AskServer {
  const { operatorToken } = settings;
  if (operatorToken === undefined || operatorToken === '') {
    throw new Error('OPERATOR_TOKEN is not set. Give it to the server, and to this command.');
  }
  const base = address ?? addressOf(settings);
  return async (path, body) => {
    const answer = await fetch(new URL(path, base), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${operatorToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(`no server answers at ${base}. Start it, or say where it is with --url.`);
    });
    const said = (await answer.json().catch(() => ({}))) as Partial<HttpError>;
    if (answer.ok) return said;
    throw new Error(refusal(base, said, unknown));
  };
}

function refusal(base: string, { code, msg }: Partial<HttpError>, unknown: string): string {
  if (code === 'token-invalid') return `the server at ${base} has another OPERATOR_TOKEN.`;
  if (code === 'not-found') return `the server at ${base} ${unknown}`;
  return msg ?? `what answers at ${base} is not this server.`;
}

/** Where a server on this machine answers that listens there. */
export function addressOf({ host, port }: { host: string; port: number }): string {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`;
}
