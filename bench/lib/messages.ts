import { readFileSync } from 'node:fs';

export type Kind = 'offer' | 'ice-candidate';

/** An offer as a browser makes it for sound and picture, some 1.5 KB of it. */
const OFFER_BYTES = 1500;

function offer(): string {
  const file = new URL('../../app/socket/fixtures/', import.meta.url);
  const { descriptions } = JSON.parse(readFileSync(new URL('chromium-call.json', file), 'utf8'));
  const lines = String(descriptions[0].sdp).split('\r\n');
  // Whole lines only: what is measured is checked as an offer.
  let sdp = '';
  for (const line of lines) {
    if (sdp.length + line.length + 2 > OFFER_BYTES) break;
    sdp += `${line}\r\n`;
  }
  return JSON.stringify({ type: 'offer', sdp });
}

const CANDIDATE = JSON.stringify({
  candidate:
    'candidate:842163049 1 udp 1677729535 203.0.113.77 51344 typ srflx raddr 192.0.2.14 rport 51344 generation 0 ufrag 5c1D network-cost 999',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: '5c1D',
});

/** The body of a message: a member name and its JSON. */
export const BODIES: Readonly<Record<Kind, string>> = {
  offer: `"offer":${offer()}`,
  'ice-candidate': `"candidate":${CANDIDATE}`,
};
