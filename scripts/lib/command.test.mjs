import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from './project.mjs';
import { run } from './run.mjs';

const BIN = 'bin/telemedicine-signaling.mjs';
/** @param {string[]} args */
const command = (...args) => run(process.execPath, [BIN, ...args]);

describe('npx telemedicine-signaling', () => {
  it.each(['--help', '-h'])('%s explains', async (option) => {
    expect(await command(option)).toMatchObject({
      code: 0,
      output: expect.stringContaining('serve'),
    });
  });

  it('--version', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
    expect(await command('--version')).toEqual({ ok: true, code: 0, output: version });
  });

  it.each([
    [['serv'], "unknown command 'serv'"],
    [['serve', 'now'], 'too many arguments'],
    [['--loud'], "unknown option '--loud'"],
  ])('%j ends with 2 and the help', async (args, why) => {
    const { code, output } = await command(...args);
    expect(code).toBe(2);
    expect(output).toContain(why);
    expect(output).toContain('Usage:');
  });
});
