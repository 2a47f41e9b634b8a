import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { testServers } from '@waybill/servers';
import type { WaybillRun } from './waybill-run.ts';

const run = promisify(execFile);

/** A landing in Swift and a destination on OpenSSH for one test, and what stands in them seen from behind. */
export class RealFarEnds {
  private readonly servers = testServers();
  private readonly name = `e2e-${randomUUID()}`;
  private readonly s3 = new S3Client({
    endpoint: this.servers.s3.endpoint,
    region: this.servers.s3.region,
    credentials: this.servers.s3,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });

  constructor(private readonly waybill: WaybillRun) {}

  get bucket(): string {
    return this.name;
  }

  /** Where Swift answers, for rclone. */
  get store() {
    return this.servers.s3;
  }

  /** Where OpenSSH answers, for rclone. */
  get partner() {
    return this.servers.sftp;
  }

  /** The folder of this test as the SFTP session sees it. */
  get directory(): string {
    return `/upload/${this.name}`;
  }

  /** The same folder on this disk. */
  get folder(): string {
    return path.join(this.servers.sftp.root, 'upload', this.name);
  }

  async open(): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: this.name }));
    await this.giveSecret('s3-key', this.servers.s3.accessKeyId);
    await this.giveSecret('s3-secret', this.servers.s3.secretAccessKey);
    await this.giveSecret('sftp-password', this.servers.sftp.password);
  }

  /** Writes a secret where the configuration looks for it. */
  async giveSecret(name: string, value: string): Promise<void> {
    await writeFile(path.join(this.waybill.folder, name), value, { mode: 0o600 });
  }

  /** A configuration with this landing and destination. */
  yaml(
    over: { readonly hostKey?: string; readonly directory?: string; readonly inbox?: string } = {},
  ): string {
    const { s3, sftp } = this.servers;
    return `
node: e2e
landing: { type: s3, bucket: ${this.name}, endpoint: "${s3.endpoint}", region: ${s3.region}, accessKeyId: { file: ./s3-key }, secretAccessKey: { file: ./s3-secret } }
sources: [{ name: inbox, type: watch-folder, path: ${over.inbox ?? './inbox'}, finish: { idle: 1s }, scanEvery: 1s }]
destinations:
  - name: partner
    type: sftp
    host: ${sftp.host}
    port: ${sftp.port}
    username: ${sftp.username}
    password: { file: ./sftp-password }
    hostKeys: ${JSON.stringify(over.hostKey === undefined ? sftp.hostKeys : [over.hostKey])}
    directory: ${over.directory ?? this.directory}
routes: [{ from: inbox, deliver: [partner] }]
`;
  }

  /** Multipart uploads that were begun and neither completed nor aborted. */
  async openUploads(): Promise<readonly string[]> {
    const { Uploads = [] } = await this.s3.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map(upload => upload.Key ?? '');
  }

  /** Every name in the partner's folder, temporary ones included. */
  async partnerNames(): Promise<readonly string[]> {
    return readdir(this.folder);
  }

  async close(): Promise<void> {
    this.s3.destroy();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A file system of a few mebibytes mounted on a folder: the way to a disk that is full. */
export async function mountSmall(folder: string, mebibytes: number): Promise<() => Promise<void>> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0777`, 'tmpfs', folder]);
  return async () => {
    await run('umount', ['-l', folder]);
  };
}

/** Makes that file system larger: the repair of a full disk. */
export async function growSmall(folder: string, mebibytes: number): Promise<void> {
  await run('mount', ['-o', `remount,size=${mebibytes}m`, folder]);
}
