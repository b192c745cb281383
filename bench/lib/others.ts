import { join } from 'node:path';
import { Process, ROOT } from '../../test/support/process.ts';
import type { Contestant, End, Stage } from './contestant.ts';
import { BODIES, type Kind } from './messages.ts';
import { pinServer } from './pinned.ts';
import { RawSocket, sentAt } from './raw-socket.ts';
import { SocketIoEnd } from './socketio-end.ts';

interface Started {
  process: Process;
  url: string;
}

async function run(file: string): Promise<Started> {
  const process_ = new Process(process.execPath, [join(ROOT, 'bench/contestants', file)], ROOT, {
    NODE_ENV: 'production',
  });
  const url = await process_.listening();
  pinServer(process_);
  return { process: process_, url };
}

/** A contestant of one file, and how one gets into it: with a number, and who the other one is. */
function contestant(
  name: string,
  file: string,
  open: (url: string, number: string) => Promise<End & { id: string; peer: string }>,
): Contestant {
  return {
    name,
    async start(): Promise<Stage> {
      const { process: server, url } = await run(file);
      return {
        process: server,
        url,
        client: (number) => open(url, String(number)),
        async pair(number, namespace) {
          const name = `${namespace}-${number}`;
          const both = await Promise.all([open(url, `${name}-a`), open(url, `${name}-b`)]);
          [both[0].peer, both[1].peer] = [both[1].id, both[0].id];
          return both;
        },
        stop: async () => void (await server.signal('SIGKILL')),
      };
    },
  };
}

class JsonEnd implements End {
  onHeard: (at: number) => void = () => {};
  peer = '';
  readonly id: string;
  readonly #socket: RawSocket;
  readonly #form: (kind: Kind, to: string, at: number) => string;

  constructor(socket: RawSocket, id: string, form: (kind: Kind, to: string, at: number) => string) {
    this.id = id;
    this.#socket = socket;
    this.#form = form;
    socket.onText = (text) => {
      const at = sentAt(text);
      if (at !== undefined) this.onHeard(at);
    };
  }

  say(kind: Kind, at: number): void {
    this.#socket.send(this.#form(kind, this.peer, at));
  }

  close(): void {
    this.#socket.close();
  }
}

export const PLAIN_SOCKETIO = contestant(
  'plain Socket.IO 4.8',
  'plain-socketio.mjs',
  (url, number) => SocketIoEnd.open(url, `practice-${number.split('-')[0]}`),
);

export const BARE_WS = contestant('bare `ws` relay', 'bare-ws.mjs', async (url) => {
  let id = '';
  const socket = await RawSocket.open(url.replace('http', 'ws'), (text) => {
    id = JSON.parse(text).id;
    return id !== undefined;
  });
  return new JsonEnd(
    socket,
    id,
    (kind, to, at) => `{"type":"${kind}","to":"${to}","at":${at},${BODIES[kind]}}`,
  );
});

export const PEERJS = contestant('PeerJS server', 'peerjs.mjs', async (url, id) => {
  const address = `${url.replace('http', 'ws')}/peerjs?key=peerjs&id=${id}&token=${id}&version=1.5`;
  const socket = await RawSocket.open(address, (text) => text === '{"type":"OPEN"}');
  const types = { offer: 'OFFER', 'ice-candidate': 'CANDIDATE' };
  return new JsonEnd(
    socket,
    id,
    (kind, to, at) =>
      `{"type":"${types[kind]}","dst":"${to}","payload":{"at":${at},${BODIES[kind]}}}`,
  );
});
