export * from './buffer-pool.ts';
export * from './send-file-input.ts';
export * from './send-file.ts';
export * from './upload-journal.ts';
