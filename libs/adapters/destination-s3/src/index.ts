export { s3Destination } from './s3-destination.ts';
