import { rmSync } from 'node:fs';
import { writePrivateJson } from './private-file.ts';

export const appNames = ['edge-ingester', 'cloud-finalizer', 'delivery-service', 'admin-api'] as const;
export type AppName = (typeof appNames)[number];

export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface SftpAccess {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** ready.json, a public surface (design, section 7): a part of the user's own is absent. */
export interface Ready {
  readonly admin: string;
  readonly apiKey: string;
  readonly inbox?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly s3?: S3Access | undefined;
  readonly sftp?: (SftpAccess & { readonly root: string }) | undefined;
  readonly apps: Readonly<Record<AppName, { readonly pid: number; readonly url: string }>>;
}

/** Keeps ready.json: written when all apps are ready, and again when one was restarted. */
export class ReadyFile {
  readonly #pids = new Map<AppName, number>();

  constructor(
    private readonly file: string,
    private readonly parts: Omit<Ready, 'apps'>,
    private readonly urls: Readonly<Record<AppName, string>>,
  ) {
    this.remove();
  }

  /** An app has become ready. */
  appIsReady(name: AppName, pid: number): void {
    this.#pids.set(name, pid);
    if (this.#pids.size < appNames.length) return;
    const { admin, apiKey, inbox, databaseUrl, redisUrl, s3, sftp } = this.parts;
    const apps = Object.fromEntries(
      appNames.map(app => [app, { pid: this.#pids.get(app), url: this.urls[app] }]),
    );
    writePrivateJson(this.file, { admin, apiKey, inbox, databaseUrl, redisUrl, s3, sftp, apps });
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}
