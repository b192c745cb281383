/** How long a backend may take to answer, in milliseconds. */
export const ANSWER_MS = 10_000;

/**
 * One try (SPEC HOOK-6). Undefined if it was taken: the backend answered 2xx, whatever else it said.
 * Otherwise why not, in the words of half a sentence. A redirect is not followed: the address that was
 * configured is the one that is trusted.
 */
export async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  stopped: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS)]),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `it took longer than ${ANSWER_MS} ms`;
  if (error.name === 'AbortError') return 'this server was stopped meanwhile';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
