import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';
import { isLoopback } from '../../config/safe-address.ts';
import type { OtherClock } from './clock.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Renewals that work come a month before the end. */
const SOON_DAYS = 21;

/** What was found, and the clock at the other end where its answer told that. */
export interface PublicAddress {
  findings: Finding[];
  clocks: OtherClock[];
}

/** The way that browsers take: TLS, the answer of this server, and the change to WebSocket. */
export async function checkPublicAddress(url: string, patienceMs: number): Promise<PublicAddress> {
  const findings: Finding[] = [];
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    const says = `${url} is without TLS: browsers give a page no camera there`;
    findings.push(
      warning('public address', says, 'Put a proxy with TLS in front: docs/OPERATIONS.md.'),
    );
  }
  try {
    const { status, body, date, goodUntil } = await ask(url, '/', {}, patienceMs);
    const clocks = clockOf(new URL(url).host, date);
    if (goodUntil !== undefined) findings.push(certificate(goodUntil));
    findings.push(answer(url, status, body));
    findings.push(await webSocket(url, patienceMs));
    return { findings, clocks };
  } catch (error) {
    const why = reasonOf(error);
    findings.push(failed('public address', `${url} cannot be reached: ${why}`, remedyOf(why)));
    return { findings, clocks: [] };
  }
}

/** The header `Date` tells whole seconds, of when the answer began (RFC 9110, section 6.6.1). */
function clockOf(whose: string, date: string | undefined): OtherClock[] {
  const now = Date.parse(date ?? '') + 500;
  return Number.isNaN(now) ? [] : [{ whose, now, uncertainMs: 1500, readAt: Date.now() }];
}

function certificate(goodUntil: string): Finding {
  const days = Math.floor((Date.parse(goodUntil) - Date.now()) / DAY_MS);
  const says = `the certificate is good for ${days} more ${days === 1 ? 'day' : 'days'}`;
  if (days >= SOON_DAYS) return ok('TLS', says);
  return warning('TLS', says, 'Renew it, and look why that has not happened by itself.');
}

/** What the home page says to programs: whether clients are taken a proxy may keep to itself. */
function answer(url: string, status: number | undefined, body: string): Finding {
  const { status: said, msg } = parsed(body);
  if (said === 200 && typeof msg === 'string') {
    return ok('public address', `${url} leads to a server of this kind`);
  }
  const remedy = 'Let the proxy hand on what it gets to this server.';
  return failed('public address', `${url} answers (${status}), but not as this server`, remedy);
}

function parsed(body: string): { status?: unknown; msg?: unknown } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

/** The handshake of RFC 6455, as Engine.IO asks for it. */
async function webSocket(url: string, patienceMs: number): Promise<Finding> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': Buffer.from('telemedicine-ws!').toString('base64'),
  };
  const { status } = await ask(url, '/socket.io/?EIO=4&transport=websocket', headers, patienceMs);
  if (status === 101) return ok('WebSocket', 'gets through');
  const remedy = 'Let the proxy hand on Upgrade and Connection: deploy/nginx.conf.';
  return failed(
    'WebSocket',
    `does not get through (${status}): pages fall back to polling`,
    remedy,
  );
}

async function ask(url: string, path: string, headers: Record<string, string>, patienceMs: number) {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(patienceMs);
  const asked = request(new URL(path, url), { headers, signal, agent: false });
  // The connection goes with the answer, and what is said of that afterwards is no news.
  const failure = once(asked, 'error').then(([error]) =>
    Promise.reject(signal.aborted ? signal.reason : error),
  );
  failure.catch(() => {});
  const upgraded = once(asked, 'upgrade');
  const responded = once(asked, 'response');
  for (const late of [upgraded, responded]) late.catch(() => {});
  asked.end();
  const [response] = await Promise.race([upgraded, responded, failure]);
  const { statusCode: status, headers: answered, socket } = response;
  // The answer lets go of its connection when it has been read.
  const goodUntil = socket instanceof TLSSocket ? socket.getPeerCertificate().valid_to : undefined;
  let body = '';
  if (status !== 101) for await (const chunk of response.setEncoding('utf8')) body += chunk;
  // After an upgrade the connection is nobody's but ours.
  socket.destroy();
  return { status, body, date: answered.date as string | undefined, goodUntil };
}

function remedyOf(why: string): string {
  if (/expired/.test(why)) return 'Renew the certificate.';
  if (/certificate|self.signed|altnames|issuer/i.test(why)) {
    return 'Take a certificate for this name, with its whole chain, from an authority that browsers know.';
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(why)) return 'Correct PUBLIC_URL, or its entry in the DNS.';
  return 'Start the proxy, open the way to it, or correct PUBLIC_URL.';
}
