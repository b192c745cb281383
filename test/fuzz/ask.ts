import { connect } from 'node:net';
import { assertTellsNothing } from './villain.ts';

/** How long a request may go without an answer before it is ended: many are not complete. */
const SILENCE_MS = 100;
/** How long the server may take to let go of a connection that its client has ended. */
const PATIENCE_MS = 5000;

/**
 * Sends bytes over a connection of their own, and ends it after the first answer, or where none comes.
 * Throws if an answer is a fault of the server's (5xx), or if it holds on to the connection.
 */
export async function ask(port: number, bytes: string): Promise<'answered' | 'cut'> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // A connection that is reset is one way to refuse it.
  socket.on('error', () => {});
  const silence = setTimeout(() => socket.end(), SILENCE_MS);
  const patience = setTimeout(() => {
    heard += 'It holds on to the connection.';
    socket.destroy();
  }, PATIENCE_MS);
  socket.setEncoding('latin1').on('data', (said: string) => {
    heard += said;
    socket.end();
  });
  socket.write(bytes, 'latin1');
  await closed;
  clearTimeout(silence);
  clearTimeout(patience);
  assertTellsNothing(heard);
  if (/^HTTP\/1\.1 5|It holds on/m.test(heard))
    throw new Error(`${heard}\nto ${bytes.slice(0, 500)}`);
  return heard === '' ? 'cut' : 'answered';
}
