import type { FaultProxy } from '../support/fault-proxy.ts';

/** What can happen to a connection. */
export const FAULTS = {
  'is cut with FIN': (network: FaultProxy) => network.cut(),
  'is cut with RST': (network: FaultProxy) => network.reset(),
  'stays half-open': (network: FaultProxy) => network.swallow('both'),
  'stays half-open towards the server': (network: FaultProxy) => network.swallow('up'),
  'stays half-open towards the client': (network: FaultProxy) => network.swallow('down'),
} as const;

export type Fault = keyof typeof FAULTS;

/** A row of a table of tests for each fault and each of `values`. */
export const each = <T, const U>(values: readonly T[], beside: U): [Fault, T, U][] =>
  (Object.keys(FAULTS) as Fault[]).flatMap((fault) =>
    values.map((value): [Fault, T, U] => [fault, value, beside]),
  );
