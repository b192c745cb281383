import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { Agent, type RequestOptions, request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Certificate, makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { ROOT } from './process.ts';

/** How long it may take to answer, in milliseconds. Nothing waits for it to pass. */
const PATIENCE_MS = 20_000;

/** What a proxy answered. */
export interface ProxyAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A real nginx on loopback with deploy/nginx.conf and a self-signed certificate, before a server. */
export class Nginx {
  readonly url: string;
  readonly certificate = 'self-signed';
  readonly httpUrl: string;
  /** The file of the certificate, for whoever should trust it. */
  readonly certFile: string;
  readonly #folder: string;
  readonly #ca: string;
  readonly #child: ChildProcess;
  readonly #kill: () => void;

  private constructor(ports: Ports, folder: string, certificate: Certificate, child: ChildProcess) {
    this.url = `https://127.0.0.1:${ports.https}`;
    this.httpUrl = `http://127.0.0.1:${ports.http}`;
    this.#folder = folder;
    this.certFile = certificate.certFile;
    this.#ca = certificate.pem;
    this.#child = child;
    this.#kill = () => child.kill('SIGKILL');
    process.once('exit', this.#kill);
  }

  /**
   * Starts it and waits until it answers.
   * @param target host and port of the server behind it
   * @param readTimeout instead of the 60 s of deploy/nginx.conf
   * @throws if it is not installed, or does not take its configuration
   */
  static async start(target: string, readTimeout = '60s'): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
    // Its workers run as somebody else if this runs as root.
    await chmod(folder, 0o755);
    const certificate = await makeCertificate(folder);
    const { certFile, keyFile } = certificate;
    const ports = { http: await freePort(), https: await freePort() };
    const site = (await readFile(`${ROOT}deploy/nginx.conf`, 'utf8'))
      .replace(/^ *listen \[::\].*\n/gm, '')
      .replace('listen 80;', `listen 127.0.0.1:${ports.http};`)
      .replace('listen 443 ', `listen 127.0.0.1:${ports.https} `)
      .replace('127.0.0.1:3000', target)
      .replace('/etc/ssl/signaling/fullchain.pem', certFile)
      .replace('/etc/ssl/signaling/privkey.pem', keyFile)
      .replaceAll('/var/log/nginx/', `${folder}/`)
      .replace('proxy_read_timeout 60s;', `proxy_read_timeout ${readTimeout};`);
    await writeFile(join(folder, 'site.conf'), site);
    await writeFile(join(folder, 'nginx.conf'), mainConfiguration(folder));
    const child = spawn(
      process.env.NGINX_PATH ?? 'nginx',
      ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    const nginx = new Nginx(ports, folder, certificate, child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`nginx ended before it answered:\n${log}`);
    });
    await Promise.race([nginx.#answers(), ended]);
    return nginx;
  }

  /** Whoever connects with it trusts this proxy's certificate. `from`: the address to come from. */
  agent(from = '127.0.0.1'): Agent {
    return new Agent({ ca: this.#ca, localAddress: from });
  }

  /** Asks through the proxy. */
  ask(path: string, options: RequestOptions = {}): Promise<ProxyAnswer> {
    return ask(requestHttps, this.url + path, { agent: this.agent(), ...options });
  }

  /** Asks the door for those who come without TLS. */
  askPlain(path: string): Promise<ProxyAnswer> {
    return ask(requestHttp, this.httpUrl + path, {});
  }

  /** Has it read its configuration and certificate anew; resolves when another worker has taken over. */
  async reload(): Promise<void> {
    this.#child.kill('SIGHUP');
    await inTime('reload', async () => {
      const log = await readFile(join(this.#folder, 'error.log'), 'utf8');
      return log.includes('gracefully shutting down');
    });
  }

  /** What its access log says so far. */
  accessLog(): Promise<string> {
    return readFile(join(this.#folder, 'signaling.log'), 'utf8');
  }

  async stop(): Promise<void> {
    process.off('exit', this.#kill);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  #answers(): Promise<void> {
    return inTime('answer', () =>
      this.askPlain('/').then(
        () => true,
        () => false,
      ),
    );
  }
}

async function inTime(what: string, isDone: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!(await isDone())) {
    if (performance.now() > until) throw new Error(`nginx does not ${what}`);
    await pause(20);
  }
}

interface Ports {
  http: number;
  https: number;
}

/** What /etc/nginx/nginx.conf is on Debian, in a folder of its own. */
const mainConfiguration = (folder: string): string => `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log notice;
events { worker_connections 768; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/site.conf;
}
`;

async function ask(
  request: typeof requestHttp | typeof requestHttps,
  url: string,
  options: RequestOptions,
): Promise<ProxyAnswer> {
  const asked = request(url, options);
  asked.end();
  const [response] = await once(asked, 'response');
  let body = '';
  response.setEncoding('utf8');
  for await (const text of response) body += text;
  return { status: response.statusCode, headers: response.headers, body };
}
