import type { HttpError } from '@telemedicine-signaling/protocol';
import { createTokenMint, type MintSettings } from '../../auth/mint.ts';
import { systemClock } from '../../clock.ts';

export interface BackendParts {
  url: string;
  /** Who signs access tokens; undefined: the server asks for none. */
  tokens: MintSettings | undefined;
}

const TTL_SECONDS = 300;

/** What a hospital's backend does: makes practices, and tokens for those who come. */
export class Backend {
  readonly #parts: BackendParts;
  readonly #mint: ReturnType<typeof createTokenMint> | undefined;

  /** @throws TypeError there is no secret to sign with */
  constructor(parts: BackendParts) {
    this.#parts = parts;
    const { tokens: settings } = parts;
    this.#mint = settings && createTokenMint({ settings, clock: systemClock });
  }

  async tokenFor(
    role: 'doctor' | 'patient' | 'service',
    namespaceId: string,
  ): Promise<string | undefined> {
    const subject = `simulated-${role}`;
    const longest = this.#parts.tokens?.maxLifetimeSeconds ?? TTL_SECONDS;
    const ttlSeconds = Math.min(TTL_SECONDS, longest);
    return (await this.#mint?.mint({ role, subject, namespaces: [namespaceId], ttlSeconds }))
      ?.token;
  }

  createNamespace(namespaceId: string): Promise<void> {
    return this.#ask('create-namespace', namespaceId);
  }

  removeNamespace(namespaceId: string): Promise<void> {
    return this.#ask('remove-namespace', namespaceId);
  }

  /** @throws Error what to do about it, in a sentence */
  async #ask(route: string, namespaceId: string): Promise<void> {
    const { url } = this.#parts;
    const token = await this.tokenFor('service', namespaceId);
    const response = await fetch(`${url}/api/${route}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ namespaceId }),
    }).catch(() => {
      throw new Error(`no server answers at ${url}. Start it, or say where it is with --url.`);
    });
    const said = (await response.json().catch(() => ({}))) as Partial<HttpError>;
    if (response.ok) return;
    if (said.code === 'token-missing' || said.code === 'token-invalid') {
      throw new Error(
        `the server at ${url} takes no access tokens that are made here. Give this command its JWT_SECRET.`,
      );
    }
    throw new Error(said.msg ?? `what answers at ${url} is not this server.`);
  }
}
