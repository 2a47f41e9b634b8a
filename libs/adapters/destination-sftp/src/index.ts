export { sftpDestination } from './sftp-destination.ts';
