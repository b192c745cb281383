/** An SDP of the size that a browser's has for sound and picture, of lines that say nothing. */
const sdp = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  ...Array.from({ length: 40 }, (_, n) => `a=extmap:${n + 1} urn:ietf:params:simulated:${n + 1}`),
  '',
].join('\r\n');

const candidate =
  'candidate:842163049 1 udp 1677729535 203.0.113.77 51344 typ srflx raddr 192.0.2.14 rport 51344 generation 0';

/** What the messages of a call carry beside their numbers, as a page sends it. */
export const WORDING = {
  offer: { offer: { type: 'offer', sdp } },
  answer: { answer: { type: 'answer', sdp } },
  'ice-candidate': { candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } },
  'send-metadata': { camera: true, microphone: true },
} as const;
