import { MediaProblem, problemOf } from './media-problem.ts';

export interface WantedMedia {
  audio?: boolean | { deviceId: string };
  video?: boolean | { deviceId: string };
}

const constraint = (wanted: boolean | { deviceId: string } | undefined, rest: object) =>
  typeof wanted === 'object'
    ? { ...rest, deviceId: { ideal: wanted.deviceId } }
    : wanted
      ? rest
      : false;

/**
 * Opens microphone and camera.
 * @throws MediaProblem
 */
export async function openMedia({ audio, video }: WantedMedia): Promise<MediaStream> {
  if (typeof isSecureContext !== 'undefined' && !isSecureContext)
    throw new MediaProblem('insecure');
  if (navigator.mediaDevices?.getUserMedia === undefined) throw new MediaProblem('unsupported');
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: constraint(audio, { echoCancellation: true, noiseSuppression: true }),
      video: constraint(video, { width: { ideal: 1280 }, height: { ideal: 720 } }),
    });
  } catch (error) {
    throw problemOf(error);
  }
}

export interface Device {
  deviceId: string;
  label: string;
}

/** What there is to choose from; labels are empty until the user has let the page use a device. */
export async function listDevices(): Promise<{
  microphones: Device[];
  cameras: Device[];
  speakers: Device[];
}> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (wanted: MediaDeviceKind) =>
    all
      .filter(({ kind, deviceId }) => kind === wanted && deviceId !== '')
      .map(({ deviceId, label }) => ({ deviceId, label }));
  return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}

/** Calls `listener` when a device is plugged in or taken away. */
export function onDevicesChanged(listener: () => void): () => void {
  navigator.mediaDevices?.addEventListener('devicechange', listener);
  return () => navigator.mediaDevices?.removeEventListener('devicechange', listener);
}

/** How loud a stream is now, from 0 to 1: for a meter that shows that the microphone hears something. */
export function measureLevel(stream: MediaStream): { level(): number; stop(): void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Quiet talk lies about 40 dB below the loudest that can be told.
      return power === 0 ? 0 : Math.min(1, Math.max(0, 1 + (10 * Math.log10(power)) / 50));
    },
    stop: () => void context.close(),
  };
}
