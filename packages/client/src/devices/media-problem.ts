/** Why camera or microphone cannot be used, as far as a page can help. */
export type MediaProblemKind =
  /** The user, or the browser's settings, said no. */
  | 'blocked'
  /** There is none. */
  | 'missing'
  /** Another program has it. */
  | 'busy'
  /** The page did not come by https. */
  | 'insecure'
  /** This browser cannot do it. */
  | 'unsupported'
  | 'other';

export class MediaProblem extends Error {
  readonly kind: MediaProblemKind;

  constructor(kind: MediaProblemKind, cause?: unknown) {
    super(`Camera or microphone cannot be used: ${kind}.`, { cause });
    this.name = 'MediaProblem';
    this.kind = kind;
  }
}

/** The names of `getUserMedia`'s errors (W3C Media Capture, 10.2), the older ones too. */
const KINDS: Readonly<Record<string, MediaProblemKind>> = {
  NotAllowedError: 'blocked',
  SecurityError: 'blocked',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
};

export const problemOf = (error: unknown): MediaProblem =>
  new MediaProblem(KINDS[(error as Error | undefined)?.name ?? ''] ?? 'other', error);
