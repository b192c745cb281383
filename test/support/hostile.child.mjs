// Hostile load, as a process of its own: `node hostile.child.mjs URL NAMESPACE…`. Each of 50 connections
// sends 1,000 messages a second, whatever the server says, and comes back when it is cut. What it has
// done so far it prints again and again, as one line of JSON.
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';

const CONNECTIONS = 50;
const MESSAGES_A_SECOND = 1000;
const EVERY_MS = 20;
const TELL_EVERY_MS = 50;
const AT_ONCE = (MESSAGES_A_SECOND * EVERY_MS) / 1000;

const [url = '', ...namespaces] = process.argv.slice(2);
const sum = { sent: 0, cut: 0, refused: 0 };

const guess = () => randomBytes(15).toString('base64url');

/** @type {(() => [string, object])[]} */
const SAYINGS = [
  () => ['offer', { 'peer-id': guess(), offer: { type: 'offer', sdp: 'v=0\r\n' } }],
  () => [
    'ice-candidate',
    { 'peer-id': guess(), candidate: { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' } },
  ],
  () => ['send-metadata', { 'peer-id': guess(), filler: 'x'.repeat(1000) }],
  () => ['join', { 'room-id': guess() }],
  () => ['leave', { 'room-id': guess() }],
  () => ['doctor-ended', { patientID: guess() }],
  () => ['no-such-event', { deep: [[[[[]]]]] }],
  () => ['create', { 'room-id': guess(), name: 'x'.repeat(1000) }],
];

/**
 * A frame of the WebSocket protocol under the mask 0, so that many go out in one write.
 *
 * @param {string} text
 */
function frameOf(text) {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x81;
  if (payload.length < 126) head[1] = 0x80 | payload.length;
  else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}

/** @param {number} number */
function attack(number) {
  const namespace = namespaces[number % namespaces.length];
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let count = 0;

  const batch = () => {
    const frames = Array.from({ length: AT_ONCE }, () => {
      count += 1;
      const saying = SAYINGS[count % SAYINGS.length]?.() ?? [];
      // Every other one asks for an acknowledgement.
      return frameOf(`42/${namespace},${count % 2 === 0 ? count : ''}${JSON.stringify(saying)}`);
    });
    /** @type {{ _socket?: import('node:net').Socket }} */ (
      /** @type {unknown} */ (ws)
    )._socket?.write(Buffer.concat(frames));
    sum.sent += AT_ONCE;
  };

  ws.on('message', (data) => {
    const frame = String(data);
    if (frame === '2') ws.send('3');
    else if (frame.startsWith('0')) ws.send(`40/${namespace},`);
    else if (frame.includes('"welcome"')) timer = setInterval(batch, EVERY_MS);
    else if (frame.includes('rate-limited')) sum.refused += 1;
  });
  ws.on('error', () => {});
  ws.on('close', () => {
    clearInterval(timer);
    sum.cut += 1;
    setTimeout(attack, 100, number);
  });
}

for (let number = 0; number < CONNECTIONS; number += 1) attack(number);
setInterval(() => console.log(JSON.stringify(sum)), TELL_EVERY_MS);
