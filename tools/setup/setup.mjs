/**
 * What `npm start` and `npm test` do first, so that a fresh machine needs nothing but Node and npm:
 * `node tools/setup/setup.mjs start|test|build [arguments]`. Nothing of npm's is installed yet when this runs: Node alone.
 */
import { nodeVersionProblem } from './node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
// Only now, since an old Node could not even read the rest.
const { setUp } = await import('./set-up.mjs');
await setUp(process.argv[2], process.argv.slice(3));
