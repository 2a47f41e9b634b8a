/**
 * Bundles one entry with everything that it imports into a folder that runs alone: `node <outFolder>/main.js`, from any
 * place, with no node_modules near.
 *
 *   node tools/build/bundle.mjs <entry.ts> <outFolder>
 *
 * The folder holds main.js (ES module), main.js.map, package.json, and the native add-ons that were built on this
 * machine. An add-on that does not load on another machine is an optional one: its package falls back to JavaScript.
 *
 * Two things cannot live in one file. A pino transport runs in a worker thread that loads modules by name: write logs
 * to stdout without transports. A Bull processor given as a path runs in a child process: give Bull functions.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { carryFiles } from './carried-files.mjs';
import { nativeAddons } from './native-addons.mjs';
import { staysOutside } from './outside-packages.mjs';

const workspace = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * What a CommonJS file expects to find. `var`, because bundled ES modules may declare the same names for themselves, with
 * the same values.
 */
const banner = `import { createRequire as __bundleRequire } from 'node:module';
import { fileURLToPath as __bundlePath } from 'node:url';
var require = __bundleRequire(import.meta.url);
var __filename = __bundlePath(import.meta.url);
var __dirname = __bundlePath(new URL('.', import.meta.url)).replace(/(?<=.)[\\\\/]$/, '');
`;

const outsidePackages = {
  name: 'outside-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: specifier }) =>
      staysOutside(specifier) ? { path: specifier, external: true } : undefined,
    );
  },
};

/** Builds `entry` into `outFolder`, replacing what was there. */
export async function bundle(entry, outFolder) {
  const target = path.resolve(outFolder);
  const fresh = `${target}.building-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    const { metafile } = await build({
      entryPoints: { main: path.resolve(entry) },
      outdir: fresh,
      absWorkingDir: workspace,
      tsconfig: path.join(workspace, 'tsconfig.base.json'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      sourcesContent: false,
      keepNames: true,
      // As Node resolves: the 'module' field is for browsers' bundlers.
      mainFields: ['main'],
      banner: { js: banner },
      plugins: [nativeAddons, outsidePackages],
      metafile: true,
      logLevel: 'warning',
    });
    await carryFiles(workspace, Object.keys(metafile.inputs), fresh);
    await writeFile(
      path.join(fresh, 'package.json'),
      `${JSON.stringify({ type: 'module', private: true })}\n`,
    );
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [entry, outFolder] = process.argv.slice(2);
  if (entry === undefined || outFolder === undefined) {
    console.error('Usage: node tools/build/bundle.mjs <entry.ts> <outFolder>');
    process.exit(2);
  }
  await bundle(entry, outFolder).catch(error => {
    console.error(`Could not bundle ${entry}: ${error.message}`);
    process.exit(1);
  });
}
