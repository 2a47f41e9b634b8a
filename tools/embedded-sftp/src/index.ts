export { startEmbeddedSftp, type EmbeddedSftp, type EmbeddedSftpOptions } from './embedded-sftp.ts';
export { loadHostKey, type HostKey } from './host-key.ts';
