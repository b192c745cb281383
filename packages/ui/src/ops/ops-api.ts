/** Asks the server as an operator. @throws Error with what the server said of it */
export async function askOps<T>(token: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const isUnknown = response.status === 404;
    throw new Error(
      isUnknown
        ? 'This server has no operator’s page: set OPERATOR_TOKEN, and start it again.'
        : (answer.msg ?? `The server answered ${response.status}.`),
    );
  }
  return answer;
}
