export * from './adapter-error.ts';
export * from './content.ts';
export * from './descriptor.ts';
export * from './destination-adapter.ts';
export * from './proof.ts';
export * from './secret-ref.ts';
export * from './source-adapter.ts';
export * from './units.ts';
