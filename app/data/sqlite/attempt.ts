import { SignalingError } from '../../errors/signaling-error.ts';

/**
 * What `work` answers.
 * @throws SignalingError `store-unavailable`, with what went wrong as its cause
 */
export async function attempt<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (cause) {
    const error = new SignalingError('store-unavailable');
    error.cause = cause;
    throw error;
  }
}
