import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { root } from '../setup/root.mjs';

// Inside node_modules, so that the outside packages are found from there.
const outfolder = join(root, 'node_modules', '.cache', 'waybill', 'bench');
const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' };
const source = name => join(import.meta.dirname, 'src', name);

/** Our own packages go into the bundle; what npm installed stays outside. */
const outsidePackages = {
  name: 'outside-packages',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('@waybill/') ? undefined : { path, external: true },
    );
  },
};

/** Bundles the bench and the bare loop; answers the bench's file. */
export async function bundleBench() {
  await mkdir(outfolder, { recursive: true });
  const outfile = join(outfolder, 'main.mjs');
  await build({
    ...common,
    entryPoints: [source('main.ts')],
    outfile,
    sourcemap: 'inline',
    plugins: [outsidePackages],
  });
  // The bare loop is measured: as one file, as Waybill's apps are, it does not pay for loading many.
  const require = 'const require = createRequire(import.meta.url);';
  await build({
    ...common,
    entryPoints: [source('programs/sdk-loop.ts')],
    outfile: join(outfolder, 'sdk-loop.mjs'),
    banner: { js: `import { createRequire } from 'node:module'; ${require}` },
  });
  await stop();
  return outfile;
}
