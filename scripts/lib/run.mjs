import { spawn } from 'node:child_process';
import { ROOT } from './project.mjs';

/**
 * @typedef {object} Ran
 * @property {boolean} ok Whether it ended with exit code 0.
 * @property {number} code The exit code; 1 if a signal ended it or it could not be started.
 * @property {string} output What it printed, trimmed; empty if it printed to the terminal itself.
 */

/**
 * Runs a program in a folder, the clone's if none is given, and waits for its end. Never throws.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ show?: boolean, env?: NodeJS.ProcessEnv, cwd?: string }} [options] `show`: print as it goes, collect nothing.
 * @returns {Promise<Ran>}
 */
export function run(command, args, { show = false, env = {}, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ ok: false, code: 1, output: error.message }));
    child.on('close', (code) =>
      resolve({ ok: code === 0, code: code ?? 1, output: output.trim() }),
    );
  });
}

/**
 * Runs the program of an installed package with this very Node.
 *
 * @param {string} file Relative to `node_modules`.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export const runPackage = (file, args, options) =>
  run(process.execPath, [`${ROOT}node_modules/${file}`, ...args], options);

/**
 * Runs npm: the one that started this process if there is one, else the one on PATH.
 *
 * @param {readonly string[]} args
 */
export function runNpm(args) {
  const caller = process.env.npm_execpath;
  return caller?.endsWith('npm-cli.js')
    ? run(process.execPath, [caller, ...args])
    : run('npm', args);
}
