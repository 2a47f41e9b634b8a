import { setFlagsFromString } from 'node:v8';

/**
 * An edge is a small computer, so its apps are told to be thrifty before anything else is loaded: WebAssembly (Prisma's and
 * the hashes') stays as V8's baseline compiler made it, the heap's nursery stays small, and garbage is collected before the heap grew by more than
 * a quarter. Measured on Node 20: 150 MB
 * instead of 235 MB for an idle app, and no difference in queries or hashing that could be told from noise
 * (docs/decisions/0008). Importing this file does it.
 */
const flags = [
  '--liftoff-only',
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
  '--max-semi-space-size=2',
  '--min-semi-space-size=1',
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=25',
];

for (const flag of flags) setFlagsFromString(flag);
