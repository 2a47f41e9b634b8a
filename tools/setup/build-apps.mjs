import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf, forget, isRecorded, record } from './fingerprint.mjs';
import { Problem } from './problem.mjs';
import { root } from './root.mjs';
import { runTool } from './run-tool.mjs';

const done = 'dist/.waybill-built';
const sources = [
  'apps',
  'libs',
  'tools',
  'prisma',
  'docker',
  'package.json',
  'package-lock.json',
  'nx.json',
  'tsconfig.base.json',
];
const supervisor = join(root, 'dist', 'tools', 'start', 'main.js');

/** Builds the apps and the supervisor, only when something that goes into them changed. */
export async function buildApps() {
  const fingerprint = await fingerprintOf(sources);
  const built = await access(supervisor).then(
    () => true,
    () => false,
  );
  if (built && (await isRecorded(done, fingerprint))) return;
  console.log('Waybill set-up: building …');
  await forget(done);
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  try {
    await runTool(process.execPath, [nx, 'run-many', '-t', 'build', '--output-style=static'], {
      NX_DAEMON: 'false',
      NX_NO_CLOUD: 'true',
      NX_TUI: 'false',
    });
    await access(supervisor);
  } catch (cause) {
    throw new Problem(`The build failed (${cause.message}; its own lines above say why).`, { cause });
  }
  await record(done, fingerprint);
}
