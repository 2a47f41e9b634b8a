export * from './buffer-pool.ts';
export type { GrowingFile } from './grown-parts.ts';
export * from './send-as-it-grows.ts';
export * from './send-file-input.ts';
export * from './send-file.ts';
export * from './upload-journal.ts';
