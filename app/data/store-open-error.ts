/** Why a store cannot be opened. */
export type StoreOpenFault =
  | 'not-a-database'
  | 'damaged'
  | 'foreign'
  | 'newer'
  | 'not-writable'
  | 'in-use'
  | 'disk-full'
  | 'failed';

/**
 * The store cannot be opened, and its file was left as it was. The message is for the operator: it
 * names the file, what is wrong and what to do.
 */
export class StoreOpenError extends Error {
  readonly fault: StoreOpenFault;
  readonly file: string;

  constructor(
    file: string,
    fault: StoreOpenFault,
    what: string,
    whatToDo: string,
    options?: ErrorOptions,
  ) {
    super(`The store ${file} cannot be opened: ${what}. ${whatToDo}`, options);
    this.name = 'StoreOpenError';
    this.fault = fault;
    this.file = file;
  }
}
