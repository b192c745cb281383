export type Keys = ReturnType<typeof keysIn>;

/**
 * The names of all keys with this prefix, which in a Redis Cluster names their hash slot: what one change
 * reads and writes is in there.
 */
export function keysIn(prefix: string) {
  // No id holds a slash.
  const key = (...parts: string[]) => `${prefix}data:${parts.join('/')}`;
  return {
    namespaces: key('namespaces'),
    arrivals: (namespaceId: string) => key('arrivals', namespaceId),

    room: (id: string) => key('room', id),
    live: (namespaceId: string) => key('live', namespaceId),
    waiting: (namespaceId: string, urgent: boolean) =>
      key('waiting', namespaceId, urgent ? 'urgent' : 'others'),
    roomsOf: (clientId: string) => key('rooms-of', clientId),
    claims: (clientId: string) => key('claims', clientId),
    patient: (namespaceId: string, patientId: string) => key('patient', namespaceId, patientId),
    knocks: key('knocks'),
    open: key('open'),
    ended: key('ended'),

    client: (id: string) => key('client', id),
    clients: (namespaceId: string) => key('clients', namespaceId),
    doctors: (namespaceId: string) => key('doctors', namespaceId),
    leases: key('leases'),
    resume: (namespaceId: string, hash: string) => key('resume', namespaceId, hash),
    former: (hash: string) => key('former', hash),

    held: (clientId: string) => key('held', clientId),
    heldSum: (clientId: string) => key('held-sum', clientId),

    invitation: (hash: string) => key('invitation', hash),
    invitations: key('invitations'),

    record: (n: string) => key('record', n),
    lastRecord: key('last-record'),
    recordOf: (roomId: string) => key('record-of', roomId),
    records: (namespaceId: string) => key('records', namespaceId),
    underWay: (namespaceId: string) => key('under-way', namespaceId),
    allUnderWay: key('all-under-way'),
    recordEnds: key('record-ends'),
    lengths: (namespaceId: string) => key('lengths', namespaceId),

    webhook: (id: string) => key('webhook', id),
    lastWebhook: key('last-webhook'),
    webhookLine: (roomId: string) => key('webhook-line', roomId),
    webhooksOf: (roomId: string) => key('webhooks-of', roomId),
    webhooksIn: (state: string) => key('webhooks', state),
    webhooksDue: key('webhooks-due'),
    webhooksSettled: key('webhooks-settled'),
    // Where there are several hash slots; see ADR 8.
    at: (kind: string, id: string) => key('at', kind, id),
    elsewhere: (clientId: string) => key('elsewhere', clientId),
    refused: (claim: string) => key('refused', claim),
    parcel: (id: string) => key('parcel', id),
    parcels: key('parcels'),
    decision: (parcel: string) => key('decision', parcel),

    told: (roomId: string) => key('told', roomId),
    toldIn: (namespaceId: string) => key('told-in', namespaceId),
  };
}
