import { access, constants, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StoreOpenError } from '../../data/store-open-error.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

const MIB = 1024 * 1024;
/** Below this nothing can be relied on; below the other it is time. */
const TOO_FULL_BYTES = 64 * MIB;
const NEARLY_FULL_BYTES = 1024 * MIB;

/**
 * Looks at the store's file, which stays as it is.
 * @throws StoreOpenError which says what to do
 */
export type InspectStore = (dataDir: string) => 'absent' | 'good';

/** The data folder: this user can write there. It stays as it is. */
export async function checkFolder(dataDir: string): Promise<Finding> {
  const folder = resolve(dataDir);
  const remedy = `Let the server's user write there, or set DATA_DIR to another folder.`;
  try {
    const found = await nearest(folder);
    if (found !== folder) {
      await access(found, constants.W_OK | constants.X_OK);
      return ok('data folder', `${folder} is not there yet, and can be made`);
    }
    const probe = join(folder, `.check-${process.pid}`);
    await writeFile(probe, 'check');
    await rm(probe);
    return ok('data folder', `${folder} can be written`);
  } catch (error) {
    return failed('data folder', `${folder} cannot be written: ${reasonOf(error)}`, remedy);
  }
}

/** Room on the disk that the data folder is on. */
export async function checkRoom(dataDir: string): Promise<Finding> {
  const folder = await nearest(resolve(dataDir));
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  const says = `${Math.round(bytes / MIB).toLocaleString('en')} MiB free on the disk of the data folder`;
  const remedy = 'Make room on it, or set DATA_DIR to a folder on another disk.';
  if (bytes < TOO_FULL_BYTES) return failed('disk', says, remedy);
  return bytes < NEARLY_FULL_BYTES ? warning('disk', says, remedy) : ok('disk', says);
}

/** The store in it. @param isServed a server runs here, which has it open */
export function checkStore(dataDir: string, inspect: InspectStore, isServed: boolean): Finding {
  try {
    const found = inspect(dataDir);
    return ok('store', found === 'absent' ? 'SQLite, new: it will be made' : 'SQLite, whole');
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    if (error.fault === 'in-use' && isServed)
      return ok('store', 'SQLite, open in the running server');
    const [says = '', remedy = ''] = error.message.split(/(?<=\.) (?=[A-Z])/, 2);
    return failed('store', says.replace(/\.$/, ''), remedy);
  }
}

async function nearest(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return found !== undefined || above === folder ? folder : nearest(above);
}
