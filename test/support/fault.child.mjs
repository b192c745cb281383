// Loaded into a server's process before all else (`NODE_OPTIONS=--import …`): makes it fail in ways that
// nobody thought of, with messages that hold what the code had in its hands, as those of engines and
// drivers sometimes do.
//
// A message that holds `fault-now` fails where its size is measured. SIGUSR2 ends the process by an
// exception that nobody catches, whose message holds what was last measured.
const measure = Buffer.byteLength;
let last = 'nothing';

/** @type {typeof Buffer.byteLength} */
Buffer.byteLength = (text, encoding) => {
  const isFromServer = new Error().stack?.includes('/dist/app/rooms/') === true;
  if (typeof text === 'string' && isFromServer) {
    last = text;
    if (text.includes('fault-now')) throw new TypeError(`cannot measure ${text}`);
  }
  return measure(text, encoding);
};

process.on('SIGUSR2', () => {
  throw Object.assign(new Error(`nobody expected ${last}`), {
    detail: last,
    cause: new Error(last),
  });
});
