export * from './destination/index.ts';
export * from './source/index.ts';
