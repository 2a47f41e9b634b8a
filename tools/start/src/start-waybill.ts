import { loadHostKey } from '@waybill/embedded-sftp';
import { migrate } from '@waybill/migrate';
import { registerApiKey } from '@waybill/state';
import path from 'node:path';
import { chooseConfiguration, type ConfigurationChoice } from './configuration-choice.ts';
import type { HomeFolder } from './home-folder.ts';
import type { KeptProcessPlan } from './kept-process.ts';
import { PartPlans } from './part-plans.ts';
import { writePrivateJson } from './private-file.ts';
import { appNames, ReadyFile, type AppName, type S3Access, type SftpAccess } from './ready-file.ts';
import { RunRecords } from './run-records.ts';
import { loadSecrets, type Secrets } from './secrets.ts';
import { isFree, stablePorts } from './stable-ports.ts';
import { StartError, sentenceOf } from './start-error.ts';
import type { StartSettings } from './start-settings.ts';
import type { Supervisor } from './supervisor.ts';
import { welcome, writeAwsConfiguration, writeRcloneConfiguration } from './welcome.ts';

export interface StartSurroundings {
  readonly settings: StartSettings;
  readonly home: HomeFolder;
  readonly supervisor: Supervisor;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (sentence: string) => void;
  /** A process can't go on, maybe long after the start. */
  readonly onRefused: (refusal: Error) => void;
}

/**
 * Runs the whole of Waybill, whose home is locked already: embedded servers as the configuration needs them, migrations,
 * the four apps, ready.json. Resolves when all is ready; rejects with one sentence.
 */
export async function startWaybill(around: StartSurroundings): Promise<void> {
  const { settings, home, supervisor, tell } = around;
  const records = new RunRecords(home.run);
  const cleared = await records.clearLeft();
  if (cleared.length > 0) tell(`Cleared what an earlier npm start had left running: ${cleared.join(', ')}.`);
  await refuseTakenPort(settings.adminPort);
  const choice = chooseConfiguration(settings, home);
  const secrets = loadSecrets(home.secrets);
  const ports = await stablePorts(home.ports, portNames, [settings.adminPort]);
  const access = await embeddedAccess(choice, home, secrets, ports);
  const plans = new PartPlans({ ...around, root: settings.root, records });

  const learnt = { databaseUrl: settings.databaseUrl, redisUrl: settings.redisUrl };
  const servers: KeptProcessPlan[] = [];
  if (settings.databaseUrl === undefined) {
    servers.push(plans.postgres(ports.postgres, url => (learnt.databaseUrl = url)));
  }
  if (settings.redisUrl === undefined) {
    servers.push(plans.redis(ports.redis, secrets.redisPassword, url => (learnt.redisUrl = url)));
  }
  if (access.s3 !== undefined) servers.push(plans.s3(ports.s3, access.s3));
  if (access.sftp !== undefined) servers.push(plans.sftp(access.sftp));
  tell(`Starting ${servers.map(({ name }) => name).join(', ') || 'with your own servers'} …`);
  await supervisor.keep(servers);

  const { databaseUrl = '', redisUrl = '' } = learnt;
  await prepareDatabase(databaseUrl, settings, secrets.apiKey, tell);

  const urls = appUrls(settings.adminPort, ports);
  const parts = {
    admin: urls['admin-api'],
    apiKey: secrets.apiKey,
    inbox: choice.inbox,
    databaseUrl: settings.databaseUrl === undefined ? databaseUrl : undefined,
    redisUrl: settings.redisUrl === undefined ? redisUrl : undefined,
    s3: access.s3,
    sftp: access.sftp === undefined ? undefined : { ...access.sftp, root: home.sftp },
  };
  const ready = new ReadyFile(home.ready, parts, urls);
  // Some shells export HOST, and the apps would listen there.
  const env = {
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    WAYBILL_CONFIG: choice.file,
    // Where admin-api finds the others.
    WAYBILL_APPS: home.ready,
    // The SDK tells every process in nine lines which Node it would rather have; ours is checked at set-up.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...access.env,
  };
  tell(`Starting ${appNames.join(', ')} …`);
  await supervisor.keep(
    appNames.map(name => plans.app(name, urls[name], env, ({ pid }) => ready.appIsReady(name, pid))),
  );
  for (const line of welcome(parts, home)) tell(line);
}

const portNames = [
  'postgres',
  'redis',
  's3',
  'sftp',
  'edge-ingester',
  'cloud-finalizer',
  'delivery-service',
] as const;
type Ports = Readonly<Record<(typeof portNames)[number], number>>;

function appUrls(adminPort: number, ports: Ports): Readonly<Record<AppName, string>> {
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    'edge-ingester': url(ports['edge-ingester']),
    'cloud-finalizer': url(ports['cloud-finalizer']),
    'delivery-service': url(ports['delivery-service']),
    'admin-api': url(adminPort),
  };
}

async function refuseTakenPort(port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new StartError(
    `Port ${port} for the admin API is taken by another program: stop that one, or set WAYBILL_PORT to a free port.`,
  );
}

async function prepareDatabase(
  databaseUrl: string,
  { root }: StartSettings,
  apiKey: string,
  tell: (sentence: string) => void,
): Promise<void> {
  try {
    const { applied } = await migrate(databaseUrl, { prismaFolder: path.join(root, 'prisma') });
    if (applied.length > 0) tell(`Migrations applied: ${applied.join(', ')}.`);
    await registerApiKey(databaseUrl, { name: 'npm start', role: 'admin', key: apiKey });
  } catch (cause) {
    throw new StartError(
      `The database could not be brought to this release's schema (${sentenceOf(cause).slice(0, 500)}): check that Postgres can be reached and that its user may change tables.`,
      { cause },
    );
  }
}

/** What the embedded S3 and SFTP are reached with, also as files for the apps. */
async function embeddedAccess(
  { needs }: ConfigurationChoice,
  home: HomeFolder,
  secrets: Secrets,
  ports: Ports,
): Promise<{ s3: S3Access | undefined; sftp: SftpAccess | undefined; env: NodeJS.ProcessEnv }> {
  const env: NodeJS.ProcessEnv = {};
  let s3: S3Access | undefined;
  let sftp: SftpAccess | undefined;
  if (needs.s3) {
    s3 = {
      endpoint: `http://127.0.0.1:${ports.s3}`,
      region: 'us-east-1',
      bucket: 'waybill',
      accessKeyId: secrets.s3AccessKeyId,
      secretAccessKey: secrets.s3SecretAccessKey,
    };
    writePrivateJson(home.s3Access, s3);
    writeRcloneConfiguration(home.rclone, s3);
    writeAwsConfiguration(home.aws, s3);
    env['WAYBILL_EMBEDDED_S3'] = home.s3Access;
  }
  if (needs.sftp) {
    const { publicKey } = await loadHostKey(home.sftpHostKey);
    sftp = {
      host: '127.0.0.1',
      port: ports.sftp,
      username: 'waybill',
      password: secrets.sftpPassword,
      hostKey: publicKey,
    };
    writePrivateJson(home.sftpAccess, sftp);
    env['WAYBILL_EMBEDDED_SFTP'] = home.sftpAccess;
  }
  return { s3, sftp, env };
}
