/**
 * docs/CONFIGURATION.md.
 *
 * @param {Readonly<Record<string, {
 *   description: string, allowed: string, fallbackText: string, unit?: string | undefined,
 *   secret?: boolean | undefined
 * }>>} variables
 */
export function configurationPage(variables) {
  const rows = Object.entries(variables).map(
    ([name, { description, allowed, fallbackText, unit, secret }]) =>
      row([
        `\`${name}\``,
        secret ? `${description} Secret.` : description,
        unit ?? '',
        allowed,
        fallbackText,
      ]),
  );
  return `# Configuration

<!-- Written by \`npm run docs\` from app/config/variables.ts: change it there. -->

The server reads environment variables, and a file \`.env\` in the folder in which it is started. A
variable of the environment wins over the same one in \`.env\`. One that is empty counts as not given.
A value can stand in a file, too: \`JWT_SECRET_FILE=/run/secrets/jwt\` gives \`JWT_SECRET\` what stands there.
All are checked before the server listens: it names every mistake at once and ends with an exit code
that is not 0.

| variable | meaning | unit | allowed | default |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** @param {readonly string[]} cells */
const row = (cells) => `| ${cells.map((cell) => cell.replace(/[|*]/g, '\\$&')).join(' | ')} |`;
