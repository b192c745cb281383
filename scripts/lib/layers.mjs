import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, format } from 'dependency-cruiser';
import configuration from '../../.dependency-cruiser.mjs';

const FOLDERS = ['app', 'packages', 'bin', 'scripts', 'test', 'bench'];

/**
 * Holds all imports against the table of layers. It has also failed when it saw no module or no
 * import: then it looked at nothing, whatever it says of the rules.
 *
 * @param {string} root The clone, or a folder like it.
 * @returns {Promise<{ ok: boolean, report: string }>} `report` ends in a line with the number of modules.
 */
export async function checkLayers(root) {
  const { forbidden, options } = configuration;
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output: result } = await cruise(
    folders,
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden } },
    options.enhancedResolveOptions,
  );
  if (typeof result === 'string')
    throw new Error('dependency-cruiser gave text instead of a result');
  const { totalCruised, totalDependenciesCruised = 0, violations } = result.summary;
  const counts = `${totalCruised} modules, ${totalDependenciesCruised} imports`;
  if (totalCruised === 0 || totalDependenciesCruised === 0) {
    return { ok: false, report: `Nothing was looked at: ${counts}` };
  }
  if (violations.length === 0) return { ok: true, report: counts };
  const { output } = await format(result, { outputType: 'err-long' });
  return { ok: false, report: `${String(output).trim()}\n${counts}` };
}
