import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface S3Place {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface SftpPlace {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** rclone's own way of naming a remote by variables: `far:` is what `place` describes. */
async function remote(place: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const variables = Object.entries(place).map(([key, value]) => [
    `RCLONE_CONFIG_FAR_${key.toUpperCase()}`,
    value,
  ]);
  // rclone refuses a bundle of certificates beside its own transport.
  const { AWS_CA_BUNDLE: _, ...environment } = process.env;
  return {
    ...environment,
    ...(Object.fromEntries(variables) as Record<string, string>),
    RCLONE_CONFIG: '/dev/null',
  };
}

/** SHA-256 by path of everything below a folder, read back by a client that is not ours. */
async function digests(environment: NodeJS.ProcessEnv, folder: string): Promise<ReadonlyMap<string, string>> {
  const args = ['hashsum', 'sha256', '--download', '--transfers', '8', `far:${folder}`];
  const { stdout } = await run('rclone', args, { env: environment, maxBuffer: 64 * 1024 ** 2 });
  const lines = stdout.split('\n').filter(line => line !== '');
  return new Map(lines.map(line => [line.slice(66), line.slice(0, 64)]));
}

/** What a bucket holds. */
export async function bucketDigests(place: S3Place, bucket: string): Promise<ReadonlyMap<string, string>> {
  const environment = await remote({
    type: 's3',
    provider: 'Other',
    endpoint: place.endpoint,
    region: place.region,
    access_key_id: place.accessKeyId,
    secret_access_key: place.secretAccessKey,
  });
  return digests(environment, bucket);
}

/** What an SFTP folder holds. */
export async function sftpDigests(place: SftpPlace, folder: string): Promise<ReadonlyMap<string, string>> {
  const { stdout: password } = await run('rclone', ['obscure', place.password]);
  const environment = await remote({
    type: 'sftp',
    host: place.host,
    port: String(place.port),
    user: place.username,
    pass: password.trim(),
    shell_type: 'none',
  });
  return digests(environment, folder);
}
