/**
 * `npm run bench`: does the set-up as `npm test` does, bundles the bench, and goes on as the bench in this very process,
 * so that signals reach it. `npm run bench -- --help` tells its options.
 */
import { pathToFileURL } from 'node:url';
import { nodeVersionProblem } from '../setup/node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
// Only now, since an old Node could not even read the rest.
const { setUp } = await import('../setup/set-up.mjs');
await setUp('build', []);
if (process.exitCode) process.exit();
const { bundleBench } = await import('./bundle.mjs');
const { root } = await import('../setup/root.mjs');
process.env.WAYBILL_BENCH_ROOT = root;
// Its notice about coming versions stands in the log of every process otherwise.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await import(pathToFileURL(await bundleBench()).href);
