import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Native add-ons (`require('./x.node')`): one that was built on this machine is copied beside main.js; one that was not
 * is left to fail at run time, where its user falls back (ssh2 to Node's own crypto).
 */
export const nativeAddons = {
  name: 'native-addons',
  setup(build) {
    build.initialOptions.loader = { ...build.initialOptions.loader, '.node': 'copy' };
    build.onResolve({ filter: /\.node$/ }, ({ path: specifier, resolveDir }) => {
      const file = path.resolve(resolveDir, specifier);
      return existsSync(file) ? { path: file } : { path: specifier, external: true };
    });
  },
};
