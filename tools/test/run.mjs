/**
 * Bundles one of the programs in src/ and runs it: `node tools/test/run.mjs <program> [arguments]`. Node 20 runs no
 * TypeScript by itself, and esbuild does this in 50 ms. Signals reach the program since it runs in this process.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
const program = process.argv[2] ?? '';
if (!/^[a-z-]+$/.test(program))
  throw new Error('Say which program of tools/test/src to run: tests or servers.');

/** Our own packages go into the bundle; what npm installed stays outside. */
const outsidePackages = {
  name: 'outside-packages',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@waybill/') ? undefined : { path, external: true },
    );
  },
};

// Inside node_modules, so that the outside packages are found from there.
const outfile = join(root, 'node_modules', '.cache', 'waybill', `${program}.mjs`);
await mkdir(join(outfile, '..'), { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, 'src', `${program}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [outsidePackages],
});
await stop();
process.argv.splice(2, 1);
process.chdir(root);
await import(pathToFileURL(outfile).href);
