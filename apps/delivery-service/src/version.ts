import manifest from '../package.json' with { type: 'json' };

/** This app's release. */
export const version = manifest.version;
