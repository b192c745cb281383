import type { Call, Participant } from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { MicOff, VideoOff } from 'lucide';
import { avatar, initialsOf } from '../parts/avatar.ts';
import { icon } from '../parts/icon.ts';
import { show } from '../parts/video.ts';
import type { callTexts } from '../texts/call.ts';

type CallTexts = (typeof callTexts)['en'];

export interface TileParts {
  t: CallTexts;
  /** Shows initials instead of names. */
  discreet: boolean;
  /** The browser plays no sound before somebody taps. */
  tapNeeded: () => void;
}

/** Another one in the call: picture or screen, name, what is off. */
export function tile(one: Participant, { t, discreet, tapNeeded }: TileParts): TemplateResult {
  const role = one.role === 'service' ? t.guest : t[one.role];
  const name = (discreet ? initialsOf(one.name ?? '') : one.name) || role;
  const isDark = one.screen === null && (one.cameraOff || !hasPicture(one.stream));
  return html`<div class="tile">
    ${isDark ? avatar(initialsOf(one.name ?? name)) : nothing}
    <video
      class=${isDark ? 'dark' : ''}
      autoplay
      playsinline
      aria-label=${one.screen === null ? name : `${t.screenOf}: ${name}`}
      .muted=${one.screen !== null}
      ${show(one.screen ?? one.stream, tapNeeded)}
    ></video>
    ${one.screen === null ? nothing : html`<audio autoplay ${show(one.stream, tapNeeded)}></audio>`}
    <span class="label">
      ${name}
      ${one.muted ? html`${icon(MicOff)}<span class="visually-hidden">${t.theirMicrophoneOff}</span>` : nothing}
      ${one.cameraOff ? html`${icon(VideoOff)}<span class="visually-hidden">${t.theirCameraOff}</span>` : nothing}
    </span>
  </div>`;
}

/** One's own picture, small. */
export function ownTile(call: Call, t: CallTexts): TemplateResult {
  const { microphone, camera } = call.state;
  return html`<div class="tile own">
    ${camera.on ? nothing : avatar('')}
    <video
      class=${camera.on ? '' : 'dark'}
      autoplay
      playsinline
      .muted=${true}
      aria-label=${t.you}
      ${show(call.localStream)}
    ></video>
    <span class="label">${t.you} ${microphone.on ? nothing : icon(MicOff)}</span>
  </div>`;
}

const hasPicture = (stream: MediaStream | null): boolean =>
  (stream?.getVideoTracks() ?? []).some(({ readyState }) => readyState === 'live');
