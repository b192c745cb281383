/** How long a backend may take to answer, in milliseconds. */
export const ANSWER_MS = 10_000;

/**
 * One try (SPEC HOOK-6). Undefined if it was taken: the backend answered 2xx, whatever else it said.
 * Otherwise why not, in the words of half a sentence. A redirect is not followed: the address that was
 * configured is the one that is trusted.
 *
 * @param trying Ends it before its time. One for each try: Node 20 keeps something of each signal that was
 * derived from a lasting one and has fired.
 */
export async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  trying: AbortController,
): Promise<string | undefined> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    trying.abort();
  }, ANSWER_MS);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: trying.signal,
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    return isLate ? `it took longer than ${ANSWER_MS} ms` : reasonOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AbortError') return 'this server was stopped meanwhile';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause ? String(cause.code) : '';
  // The system's codes are known to operators; those of the HTTP client are not.
  return code === '' || code.startsWith('UND_') ? cause.message : code;
}
