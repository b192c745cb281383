import type { Role } from '@telemedicine-signaling/protocol';

/** A JSON Schema, as far as these pages show one. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  description?: string;
  default?: unknown;
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  format?: string;
}

/** What a request or an answer carries, by type. */
interface Carried {
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Content {
  readonly schema: Schema;
  readonly example?: unknown;
}

/** One method of a path. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly required?: boolean;
    readonly schema: Schema;
    readonly example?: unknown;
  }[];
  readonly requestBody?: Carried;
  readonly responses: Readonly<Record<string, Carried & { description: string }>>;
  readonly 'x-roles'?: readonly Role[];
}

export interface PathItem {
  servers?: readonly { readonly url: string }[];
  readonly get?: Operation;
  readonly post?: Operation;
}

/** The methods that a path takes. */
export const methodsOf = ({ get, post }: PathItem): Operation[] =>
  [get, post].filter((one) => one !== undefined);

/** An OpenAPI 3.1 document, as far as this server makes one. */
export interface OpenApi {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Record<string, PathItem>;
  /** What the server asks of somebody else. */
  readonly webhooks: Record<string, PathItem>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is carried, as an example. */
export const exampleIn = ({ example, schema }: Content): unknown => example ?? exampleOf(schema);

/** An example of what has this form: its own, else one put together from those of its properties. */
function exampleOf(schema: Schema): unknown {
  if (schema.examples !== undefined) return schema.examples[0];
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = exampleOf(property);
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
