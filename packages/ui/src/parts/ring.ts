/** Notes of a ring: frequency in Hz, start and length in seconds. */
const RINGS = {
  /** Somebody has come: two soft notes. */
  arrival: [
    [660, 0, 0.18],
    [880, 0.2, 0.3],
  ],
  /** The doctor calls: three notes, twice. */
  call: [
    [587, 0, 0.2],
    [740, 0.22, 0.2],
    [880, 0.44, 0.45],
    [587, 1.2, 0.2],
    [740, 1.42, 0.2],
    [880, 1.64, 0.45],
  ],
} as const satisfies Record<string, readonly (readonly [number, number, number])[]>;

const LOUDNESS = 0.25;

/** Makes a sound without a file. Browsers allow none before the user has touched the page: `unlock` then. */
export class Ring {
  #context: AudioContext | undefined;

  /** To be called in a click or key press. */
  unlock(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  get isUnlocked(): boolean {
    return this.#context?.state === 'running';
  }

  play(which: keyof typeof RINGS): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const [frequency, after, length] of RINGS[which]) {
      const begin = context.currentTime + after;
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setTargetAtTime(LOUDNESS, begin, 0.015);
      loudness.gain.setTargetAtTime(0, begin + length * 0.6, length / 4);
      const tone = new OscillatorNode(context, { frequency, type: 'sine' });
      tone.connect(loudness).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + length * 2);
    }
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}
