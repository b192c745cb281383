/** What `check` has found out about one thing. */
export interface Finding {
  about: string;
  level: 'ok' | 'warning' | 'failed';
  /** How it is, in half a sentence. */
  says: string;
  /** What to do about it. */
  remedy?: string;
}

export const ok = (about: string, says: string): Finding => ({ about, level: 'ok', says });

export const warning = (about: string, says: string, remedy: string): Finding => ({
  about,
  level: 'warning',
  says,
  remedy,
});

export const failed = (about: string, says: string, remedy: string): Finding => ({
  about,
  level: 'failed',
  says,
  remedy,
});

/** Why something could not be had, in the words of half a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it does not answer in time';
  const cause = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  if (cause instanceof Error) return reasonOf(cause);
  // Where several addresses were tried, Node leaves the message empty and gives the code alone.
  return error.message || String('code' in error ? error.code : error.name);
}
