import path from 'node:path';
import { ChildLog } from './child-log.ts';
import { ChildWords } from './child-words.ts';
import { launchPostgres, launchRedis } from './embedded-servers.ts';
import type { HomeFolder } from './home-folder.ts';
import type { KeptProcessPlan } from './kept-process.ts';
import { launchChild } from './launch-child.ts';
import type { Launched } from './launched.ts';
import type { AppName, S3Access, SftpAccess } from './ready-file.ts';
import type { RunRecords, StopSignal } from './run-records.ts';
import { untilAppReady, untilListening } from './until-ready.ts';
import { untilSilent } from './until-silent.ts';

/** What every child process of one `npm start` shares. */
export interface PartSurroundings {
  readonly root: string;
  readonly home: HomeFolder;
  readonly records: RunRecords;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (sentence: string) => void;
  readonly onRefused: (refusal: Error) => void;
}

/** How long a child gets between SIGTERM and SIGKILL, in milliseconds: apps first, servers after, within 20 s in all. */
const appStopMs = 9_000;
const serverStopMs = 4_000;

/** Plans for the processes that `npm start` runs: what each is started with, and when it is ready. */
export class PartPlans {
  constructor(private readonly around: PartSurroundings) {}

  postgres(port: number, learn: (url: string) => void): KeptProcessPlan {
    const launch = (): Promise<Launched> => launchPostgres(this.around.home, port, learn);
    return this.#plan('postgres', launch, readyOnceStarted, { stopSignal: 'SIGINT', mustStart: true });
  }

  redis(port: number, password: string, learn: (url: string) => void): KeptProcessPlan {
    const launch = (): Promise<Launched> => launchRedis(this.around.home, port, password, learn);
    return this.#plan('redis', launch, readyOnceStarted, { mustStart: true });
  }

  s3(port: number, access: S3Access): KeptProcessPlan {
    const launch = this.#child('embedded-s3', 'tools/embedded-s3', serverStopMs, {
      WAYBILL_S3_FOLDER: this.around.home.s3,
      WAYBILL_S3_PORT: String(port),
      WAYBILL_S3_REGION: access.region,
      WAYBILL_S3_BUCKET: access.bucket,
      WAYBILL_S3_ACCESS_KEY_ID: access.accessKeyId,
      WAYBILL_S3_SECRET_ACCESS_KEY: access.secretAccessKey,
    });
    return this.#plan('embedded-s3', launch, signal => untilListening(port, signal), { mustStart: true });
  }

  sftp(access: SftpAccess): KeptProcessPlan {
    const { home } = this.around;
    const launch = this.#child('embedded-sftp', 'tools/embedded-sftp', serverStopMs, {
      WAYBILL_SFTP_ROOT: home.sftp,
      WAYBILL_SFTP_PORT: String(access.port),
      WAYBILL_SFTP_USERNAME: access.username,
      WAYBILL_SFTP_PASSWORD: access.password,
      WAYBILL_SFTP_HOST_KEY_FILE: home.sftpHostKey,
    });
    const untilReady = (signal: AbortSignal): Promise<void> => untilListening(access.port, signal);
    return this.#plan('embedded-sftp', launch, untilReady, { mustStart: true });
  }

  app(
    name: AppName,
    url: string,
    env: NodeJS.ProcessEnv,
    onReady: (launched: Launched) => void,
  ): KeptProcessPlan {
    const launch = this.#child(name, `apps/${name}`, appStopMs, { ...env, PORT: new URL(url).port });
    const untilReady = (signal: AbortSignal): Promise<void> =>
      untilAppReady(name, url, this.around.tell, signal);
    return {
      ...this.#plan(name, launch, untilReady, { onReady }),
      untilSilent: signal => untilSilent(url, signal),
    };
  }

  #child(name: string, artifact: string, stopMs: number, env: NodeJS.ProcessEnv): () => Promise<Launched> {
    const { root, home, tell } = this.around;
    const log = new ChildLog(path.join(home.logs, `${name}.log`));
    return () =>
      launchChild({
        name,
        script: [path.join(root, 'dist', artifact, 'main.js')],
        env: { ...this.around.env, ...env },
        cwd: root,
        log,
        words: new ChildWords(sentence => tell(`${name}: ${sentence}`)),
        stopMs,
      });
  }

  #plan(
    name: string,
    launch: () => Promise<Launched>,
    untilReady: (signal: AbortSignal) => Promise<void>,
    how: { stopSignal?: StopSignal; mustStart?: boolean; onReady?: (launched: Launched) => void },
  ): KeptProcessPlan {
    const { records, tell, onRefused } = this.around;
    return {
      name,
      launch,
      untilReady,
      onStart: ({ pid }) => records.add(name, pid, how.stopSignal ?? 'SIGTERM'),
      onEnd: () => records.remove(name),
      onReady: how.onReady ?? (() => undefined),
      onRefused,
      tell,
      mustStart: how.mustStart ?? false,
    };
  }
}

const readyOnceStarted = (): Promise<void> => Promise.resolve();
