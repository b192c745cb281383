import { HttpCaller } from './http.ts';

export interface Asked {
  method: 'GET' | 'POST';
  path: string;
  fields?: Readonly<Record<string, unknown>>;
  token?: string | undefined;
}

/**
 * What the server answers to a request, byte for byte, headers and their order included, but for the
 * time of day and the mark of the request.
 */
export async function bytesOf(
  url: string,
  { method, path, fields = {}, token }: Asked,
): Promise<string> {
  const isPost = method === 'POST';
  const body = isPost ? JSON.stringify(fields) : '';
  const query = new URLSearchParams(fields as Record<string, string>).toString();
  const lines = [
    `${method} ${path}${isPost || query === '' ? '' : `?${query}`} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Connection: close',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(isPost ? ['Content-Type: application/json', `Content-Length: ${body.length}`] : []),
  ];
  const answer = await new HttpCaller(() => url).raw(`${lines.join('\r\n')}\r\n\r\n${body}`);
  return answer.replace(/^(Date|X-Request-Id): .*\r\n/gim, '');
}

export const statusIn = (answer: string): number => Number(answer.split(' ')[1]);

/** The code of an error, else `ok`. */
export function codeIn(answer: string): string {
  const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  return (body as { code?: string }).code ?? 'ok';
}
