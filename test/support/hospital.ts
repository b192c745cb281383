import { randomUUID } from 'node:crypto';
import { createTokenMint, type MintRequest, type TokenMint } from '../../app/auth/mint.ts';
import { Service } from './service.ts';

const NAME = 'telemedicine-signaling';
const SECRET = 'the secret of this hospital: 0123456789abcdef';
const HOUR_MS = 3_600_000;

type Wanted = Partial<Omit<MintRequest, 'namespaces'>> & { namespaces?: readonly string[] };

/** A server with access tokens, and the backend that makes them. */
export class Hospital {
  readonly service: Service;
  readonly #mint: TokenMint;
  readonly #mintOfYesterday: TokenMint;

  private constructor(service: Service) {
    const settings = { issuer: NAME, audience: NAME, secrets: [SECRET] };
    const yesterday = { now: () => service.clock.now() - 24 * HOUR_MS };
    this.service = service;
    this.#mint = createTokenMint({ settings, clock: service.clock });
    this.#mintOfYesterday = createTokenMint({ settings, clock: yesterday });
  }

  static async open(env: Record<string, string> = {}): Promise<Hospital> {
    return new Hospital(await Service.start({ JWT_SECRET: SECRET, ...env }));
  }

  get url(): string {
    return this.service.url;
  }

  /** An access token for four hours, unless something else is wanted. */
  async token(wanted: Wanted): Promise<string> {
    return (await this.#mint.mint(requestOf(wanted))).token;
  }

  /** One that was good until hours ago. */
  async staleToken(wanted: Wanted): Promise<string> {
    return (await this.#mintOfYesterday.mint(requestOf(wanted))).token;
  }

  /** A fresh namespace. All ids of namespaces have the same length. */
  async practice(): Promise<string> {
    const namespaceId = `practice-${randomUUID()}`;
    const token = await this.token({ role: 'service', namespaces: ['*'] });
    const made = await this.service.get(`/create-namespace?namespaceId=${namespaceId}`, {
      Authorization: `Bearer ${token}`,
    });
    if (!made.ok) throw new Error(`no namespace: ${await made.text()}`);
    return namespaceId;
  }

  close(): Promise<void> {
    return this.service.stop();
  }
}

const requestOf = ({ namespaces = ['nowhere'], ...wanted }: Wanted): MintRequest => ({
  role: 'guest',
  subject: randomUUID(),
  namespaces: [...namespaces],
  ttlSeconds: 4 * 3600,
  ...wanted,
});
