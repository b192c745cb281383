export interface FetchBounds {
  /** For the whole answer, from the first packet to the last byte. */
  timeoutMs: number;
  /** After decompression. */
  maxBytes: number;
}

/** SPEC AUTH-18 */
export const KEY_SET_BOUNDS: FetchBounds = { timeoutMs: 5000, maxBytes: 256 * 1024 };

/**
 * The JSON at this address. A redirect is not followed: the address that was configured is the one that
 * is trusted.
 * @throws Error why it could not be had, in the words of half a sentence
 */
export async function fetchKeySet(address: string, bounds: FetchBounds): Promise<unknown> {
  try {
    const response = await fetch(address, {
      signal: AbortSignal.timeout(bounds.timeoutMs),
      redirect: 'error',
      headers: { accept: 'application/jwk-set+json, application/json' },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    return JSON.parse(await readBounded(response, bounds.maxBytes));
  } catch (error) {
    throw new Error(reasonOf(error, bounds));
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest of the answer.
    if (size > maxBytes) throw new Error(`it answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function reasonOf(error: unknown, { timeoutMs }: FetchBounds): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `it took longer than ${timeoutMs} ms`;
  if (error instanceof SyntaxError) return 'what it answered is not JSON';
  const { cause } = error;
  // Where several addresses were tried, Node leaves the message empty and gives the code alone.
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
  return cause instanceof Error ? cause.message || code : error.message;
}
