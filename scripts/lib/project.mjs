import { fileURLToPath } from 'node:url';

/** The folder of the clone, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A mistake or a lack that the user can mend: shown as its message alone, without a stack. */
export class Failure extends Error {}

/**
 * Runs a command of this project to its end. A `Failure` is printed, and the process ends with 1.
 *
 * @param {() => Promise<unknown>} command
 */
export async function main(command) {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
