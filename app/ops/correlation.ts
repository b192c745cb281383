import { randomBytes } from 'node:crypto';

/**
 * What all lines of the log have in common that one request, or one connection to a namespace, has caused
 * (SPEC LOG-4). It is made here and stored nowhere: by it nobody is found who is not in these lines.
 */
export const newCorrelationId = (): string => randomBytes(9).toString('base64url');
