import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf, forget, isRecorded, record } from './fingerprint.mjs';
import { isInstalledByHand } from './installed-packages.mjs';
import { Problem } from './problem.mjs';
import { root } from './root.mjs';
import { runTool } from './run-tool.mjs';

/** npm itself empties node_modules first, and this file with it: a broken installation is never taken for a whole one. */
const done = 'node_modules/.waybill-installed';

const npm = args => {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? [process.execPath, [cli, ...args]] : ['npm', args];
};

/**
 * `npm ci`, only when the lock file is another one than last time. Install scripts are needed (Postgres's libraries), so
 * a user's own `ignore-scripts` does not count here; which packages may run one is listed in package.json.
 */
export async function installDependencies() {
  const fingerprint = await fingerprintOf(['package-lock.json', '.npmrc']);
  if (await isRecorded(done, fingerprint)) return;
  if (await isInstalledByHand()) return record(done, fingerprint);
  console.log('Waybill set-up: installing the packages of package-lock.json (npm ci) …');
  await forget(done);
  const [command, args] = npm(['ci', '--ignore-scripts=false', '--include=dev', '--include=optional']);
  try {
    await runTool(command, args);
    await access(join(root, 'node_modules', 'esbuild'));
  } catch (cause) {
    throw new Problem(
      `The packages could not be installed (npm ci: ${cause.message}; npm's own lines above say why); repair that and run the command again.`,
      { cause },
    );
  }
  await record(done, fingerprint);
}
