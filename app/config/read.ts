import type { Variable } from './variable.ts';

/** What the environment holds, as text. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings cannot be used: the message lists every mistake with what is allowed instead. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    const count = mistakes.length === 1 ? 'One setting is' : `${mistakes.length} settings are`;
    super([`${count} wrong:`, ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

type ValuesOf<Table extends Record<string, Variable<unknown>>> = {
  [Name in keyof Table]: Table[Name]['fallback'];
};

const LONGEST_SHOWN = 80;

/**
 * Reads every variable of the table, and asks `contradictionsIn` whether they fit together; a variable
 * with a mistake is undefined there. Empty or blank means not given; blanks around a value do not count.
 * @throws ConfigError naming all mistakes, not only the first
 */
export function readVariables<Table extends Record<string, Variable<unknown>>>(
  table: Table,
  environment: Environment,
  contradictionsIn: (values: ValuesOf<Table>) => Iterable<string> = () => [],
): ValuesOf<Table> {
  const mistakes: string[] = [];
  const values = Object.entries(table).map(([name, variable]) => {
    const given = environment[name]?.trim() ?? '';
    if (given === '') return [name, variable.fallback];
    const result = variable.schema.safeParse(given);
    if (!result.success) mistakes.push(mistakeOf(name, variable, given));
    return [name, result.data];
  });
  const read: ValuesOf<Table> = Object.fromEntries(values);
  mistakes.push(...contradictionsIn(read));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return read;
}

function mistakeOf(name: string, { allowed, secret }: Variable<unknown>, given: string): string {
  const shown = given.length > LONGEST_SHOWN ? `${given.slice(0, LONGEST_SHOWN)}…` : given;
  const said = secret ? 'what was given (not shown) is not' : `${JSON.stringify(shown)} is not`;
  return `${name}: ${said} allowed. Allowed: ${allowed}.`;
}
