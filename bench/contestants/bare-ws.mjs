// The floor on Node: the `ws` library, JSON parsed and written anew, nothing checked.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
const clients = new Map();

server.on('connection', (socket) => {
  const id = randomUUID();
  clients.set(id, socket);
  socket.send(JSON.stringify({ type: 'welcome', id }));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    clients.get(message.to)?.send(JSON.stringify({ ...message, from: id }));
  });
  socket.on('close', () => clients.delete(id));
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (address !== null && typeof address === 'object')
    console.log(`Listening http://127.0.0.1:${address.port}`);
});
