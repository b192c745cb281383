import type { ElementPart } from 'lit';
import { nothing } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';

/** Shows a stream in a `<video>`; `blocked` is told when the browser wants a tap before it makes a sound. */
class Show extends AsyncDirective {
  #video: HTMLVideoElement | undefined;

  override render(_stream: MediaStream | null, _blocked?: () => void): typeof nothing {
    return nothing;
  }

  override update(part: ElementPart, [stream, blocked]: [MediaStream | null, (() => void)?]) {
    const video = part.element as HTMLVideoElement;
    this.#video = video;
    if (video.srcObject === stream) return nothing;
    video.srcObject = stream;
    if (stream !== null) {
      video.play().catch((error: Error) => {
        if (error.name === 'NotAllowedError') blocked?.();
      });
    }
    return nothing;
  }

  override disconnected(): void {
    if (this.#video !== undefined) this.#video.srcObject = null;
  }
}

export const show = directive(Show);
