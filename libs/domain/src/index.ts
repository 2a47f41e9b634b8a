export * from './finish-verdict.ts';
export * from './key-template.ts';
export * from './object-key.ts';
export * from './asset-state.ts';
export * from './custody-chain.ts';
export * from './delivery-state.ts';
export * from './discovery.ts';
export * from './retry-pace.ts';
