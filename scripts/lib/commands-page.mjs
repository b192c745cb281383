import { run } from './run.mjs';

const PROGRAM = 'telemedicine-signaling';

/** docs/COMMANDS.md, from what the built command itself says. */
export async function commandsPage() {
  const pages = await helpOf([]);
  return `# Commands

<!-- Written by \`npm run docs\` from app/cli.ts: change it there. -->

In a clone each is \`npx ${PROGRAM} …\`, in a container \`node dist/app/cli.js …\`.

${pages.map(({ command, text }) => `## \`${command}\`\n\n\`\`\`text\n${text}\n\`\`\``).join('\n\n')}
`;
}

/**
 * What a command and those below it say at \`--help\`.
 *
 * @param {readonly string[]} words
 * @returns {Promise<{ command: string, text: string }[]>}
 */
async function helpOf(words) {
  const { output } = await run(process.execPath, ['dist/app/cli.js', ...words, '--help'], {
    env: { COLUMNS: '80', NO_COLOR: '1' },
  });
  const [, list = ''] = /^Commands:\n((?: .*\n)*)/m.exec(`${output}\n`) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  const below = [];
  for (const name of names.filter((one) => one !== 'help')) {
    below.push(...(await helpOf([...words, name])));
  }
  return [{ command: [PROGRAM, ...words].join(' '), text: output }, ...below];
}
