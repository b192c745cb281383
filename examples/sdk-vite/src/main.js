// A patient's page of one's own with the SDK: `npm run build` in the clone, then `npx vite examples/sdk-vite`.
// The address says where: ?server=http://127.0.0.1:3000&namespace=demo
import { enterWaitingRoom, MediaProblem, openMedia } from '@telemedicine-signaling/client';

const query = new URLSearchParams(location.search);
const say = (text) => {
  document.querySelector('#state').textContent = text;
};

document.querySelector('button').onclick = async () => {
  try {
    const media = await openMedia({ audio: true, video: true });
    const visit = await enterWaitingRoom({
      server: query.get('server') ?? 'http://127.0.0.1:3000',
      namespaceId: query.get('namespace') ?? 'demo',
      metadata: { name: 'Ada' },
      media,
    });
    follow(visit);
  } catch (error) {
    say(
      error instanceof MediaProblem ? `Camera: ${error.kind}` : `${error.code}: ${error.message}`,
    );
  }
};

function follow(visit) {
  const video = document.createElement('video');
  Object.assign(video, { autoplay: true, playsInline: true });
  document.body.append(video);
  const show = ({ phase, position, connection }) => {
    const place = phase === 'waiting' ? `You wait at place ${position}.` : phase;
    say(connection === 'online' ? place : `${place} (${connection})`);
  };
  visit.on('change', show);
  visit.on('call', (call) => {
    call.on('change', ({ participants }) => {
      const stream = participants[0]?.stream ?? null;
      if (video.srcObject !== stream) video.srcObject = stream;
    });
  });
  show(visit.state);
}
