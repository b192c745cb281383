import { isPlain, type Schema } from './document.ts';
import { escaped, prose, table } from './html.ts';

interface Row {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** The keys of an object, those of objects in it below theirs. */
function rowsOf(schema: Schema, resolve: (ref: string) => Schema, prefix = ''): Row[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, given]) => {
    const property = given.$ref === undefined ? given : { ...resolve(given.$ref), ...given };
    const name = `${prefix}${key}`;
    const row = {
      name,
      type: typeOf(property),
      required: required.includes(key) && property.default === undefined,
      description: property.description ?? '',
    };
    const { items } = property;
    const item = items?.$ref === undefined ? items : resolve(items.$ref);
    const inner = item === undefined ? rowsOf(property, resolve, `${name}.`) : [];
    return [row, ...inner, ...(item === undefined ? [] : rowsOf(item, resolve, `${name}[].`))];
  });
}

/** A type in a few words. */
function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  if (schema.items !== undefined) return `${typeOf(schema.items)}[]`;
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.format === 'date-time' || schema.format === 'date') return schema.format;
  return String(schema.type ?? (isPlain(schema.properties) ? 'object' : 'anything'));
}

const none = (): Schema => ({});

/** The keys of an object as a table; `without`: what stands elsewhere on the page. */
export function schemaTable(
  schema: Schema,
  {
    resolve = none,
    without = [],
  }: { resolve?: (ref: string) => Schema; without?: readonly string[] } = {},
): string {
  const rows = rowsOf(schema, resolve).filter(({ name }) => !without.includes(name));
  if (rows.length === 0) return '';
  return table(
    ['key', 'type', 'needed', 'what it is'],
    rows.map(({ name, type, required, description }) => [
      `<code>${escaped(name)}</code>`,
      `<span class="type">${escaped(type)}</span>`,
      required ? 'yes' : 'no',
      prose(description),
    ]),
  );
}
