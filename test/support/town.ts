import type { ConnectOptions, TestClient } from './clients.ts';
import { Hospital } from './hospital.ts';
import { Service } from './service.ts';

export type Mode = 'open' | 'jwt';
export const MODES = ['open', 'jwt'] as const satisfies readonly Mode[];

type Role = 'doctor' | 'patient' | 'guest';

/** One server for several practices, in either access mode: in open access nobody needs a token. */
export class Town {
  readonly service: Service;
  readonly #hospital: Hospital | undefined;

  private constructor(service: Service, hospital?: Hospital) {
    this.service = service;
    this.#hospital = hospital;
  }

  static async found(mode: Mode, env: Record<string, string> = {}): Promise<Town> {
    if (mode === 'open') return new Town(await Service.start(env));
    const hospital = await Hospital.open(env);
    return new Town(hospital.service, hospital);
  }

  /** A practice of this name. */
  async practice(namespaceId: string): Promise<string> {
    const headers = await this.bearer('service', [namespaceId]);
    await this.service.get(`/create-namespace?namespaceId=${namespaceId}`, headers);
    return namespaceId;
  }

  /** How somebody connects who is meant for these namespaces. */
  async auth(role: Role, namespaces: string[], auth: object = {}): Promise<ConnectOptions> {
    const token = await this.#hospital?.token({ role, namespaces });
    return { auth: { ...(token === undefined ? {} : { token }), ...auth } };
  }

  async bearer(role: Role | 'service', namespaces: string[]): Promise<Record<string, string>> {
    const token = await this.#hospital?.token({ role, namespaces });
    return token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  async comeIn(namespaceId: string, role: Role): Promise<TestClient> {
    return this.service.join(namespaceId, await this.auth(role, [namespaceId]));
  }

  close(): Promise<void> {
    return this.service.stop();
  }
}
