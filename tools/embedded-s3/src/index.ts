export * from './start-embedded-s3.ts';
