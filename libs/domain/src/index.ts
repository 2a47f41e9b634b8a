export * from './finish-verdict.ts';
export * from './key-template.ts';
export * from './object-key.ts';
