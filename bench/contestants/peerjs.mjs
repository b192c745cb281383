// PeerJS's own server, as its documentation starts it.
import { PeerServer } from 'peer';

const settings = { port: 0, host: '127.0.0.1', path: '/', concurrent_limit: 100_000 };
PeerServer(settings, (server) => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    console.log(`Listening http://127.0.0.1:${address.port}`);
});
