import { CLIENT_VERSIONS, type ConnectOptions, TRANSPORTS } from './clients.ts';

type Combination = Required<Pick<ConnectOptions, 'version' | 'transport'>>;

/** Every way in which a page connects: `describe.each(MATRIX)('… $version $transport', …)`. */
export const MATRIX: readonly Combination[] = CLIENT_VERSIONS.flatMap((version) =>
  TRANSPORTS.map((transport) => ({ version, transport })),
);
