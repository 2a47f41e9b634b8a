export * from './body-digests.ts';
export * from './crc32-combine.ts';
export * from './create-s3-landing.ts';
export * from './edge-landing.ts';
export * from './finalizer-landing.ts';
export * from './landing-settings.ts';
export * from './stored-proof.ts';
export * from './upload-gone-error.ts';
