/** What `GET /ops/state` answers (SPEC OPS-3). */
export interface OpsState {
  at: number;
  startedAt: number;
  readiness: { ready: boolean; why?: string };
  connections: number;
  clients: Record<string, number>;
  waiting: number;
  calls: number;
  onHold: number;
  namespaces: readonly OpsNamespace[];
  namespaceCount: number;
  hour: readonly OpsMinute[];
}

export interface OpsNamespace {
  id: string;
  doctors: number;
  waiting: number;
  inConsultation: number;
  onHold: number;
  lost: number;
}

interface OpsMinute {
  at: number;
  connections: number;
  waiting: number;
  calls: number;
  drops: number;
  relayed: number;
}

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
