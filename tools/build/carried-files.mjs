import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Files that a package reads beside its own module at run time: package → those, and what resolving it needs. */
const carried = {
  '@prisma/schema-engine-wasm': ['package.json', 'schema_engine.js', 'schema_engine_bg.wasm'],
};

/**
 * Copies what bundled packages read from disk into `<folder>/node_modules`, where `require.resolve` from main.js finds it.
 * `inputs` are the files that went into the bundle, relative to the workspace.
 */
export async function carryFiles(workspace, inputs, folder) {
  for (const [name, files] of Object.entries(carried)) {
    const home = path.join('node_modules', name);
    if (!inputs.some(input => path.normalize(input).startsWith(home + path.sep))) continue;
    for (const file of files) {
      const target = path.join(folder, home, file);
      await mkdir(path.dirname(target), { recursive: true });
      await copyFile(path.join(workspace, home, file), target);
    }
  }
}
