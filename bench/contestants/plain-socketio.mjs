// What a team would write in an afternoon: ordinary Socket.IO handlers, nothing checked.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { cors: { origin: '*' } });

io.of(/^\/.*$/).on('connection', (socket) => {
  socket.emit('welcome', { 'client-id': socket.id });
  for (const event of ['offer', 'answer', 'ice-candidate']) {
    socket.on(event, (message) => {
      socket.to(message['peer-id']).emit(event, { ...message, from: socket.id });
    });
  }
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (address !== null && typeof address === 'object')
    console.log(`Listening http://127.0.0.1:${address.port}`);
});
