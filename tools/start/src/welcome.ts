import type { HomeFolder } from './home-folder.ts';
import { writePrivateFile } from './private-file.ts';
import type { Ready, S3Access } from './ready-file.ts';

/** An rclone configuration with the embedded S3 server, so that no secret need stand on a command line. */
export function writeRcloneConfiguration(file: string, s3: S3Access): void {
  writePrivateFile(
    file,
    `[waybill]
type = s3
provider = Other
endpoint = ${s3.endpoint}
region = ${s3.region}
access_key_id = ${s3.accessKeyId}
secret_access_key = ${s3.secretAccessKey}
force_path_style = true
`,
  );
}

/** The same for the AWS CLI: a profile, because that goes before keys of the user's own in the environment. */
export function writeAwsConfiguration(file: string, s3: S3Access): void {
  writePrivateFile(
    file,
    `[profile waybill]
endpoint_url = ${s3.endpoint}
region = ${s3.region}
aws_access_key_id = ${s3.accessKeyId}
aws_secret_access_key = ${s3.secretAccessKey}
s3 =
  addressing_style = path
`,
  );
}

/** What a person reads when all is up; the last line is a public surface (design, section 7). */
export function welcome(parts: Omit<Ready, 'apps'>, home: HomeFolder): readonly string[] {
  const { inbox, s3, sftp, admin } = parts;
  const quoted = (path: string): string =>
    /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return [
    ...(inbox === undefined ? [] : [`Drop files into          ${inbox}`]),
    ...(s3 === undefined
      ? []
      : [
          `Objects appear in        bucket ${s3.bucket} at ${s3.endpoint}`,
          `  to look at them:       rclone --config ${quoted(home.rclone)} ls waybill:${s3.bucket}`,
          `  or:                    AWS_CONFIG_FILE=${quoted(home.aws)} aws --profile waybill s3 ls --recursive s3://${s3.bucket}`,
        ]),
    ...(sftp === undefined
      ? []
      : [
          `Deliveries appear in     ${sftp.root}`,
          `  by SFTP:               sftp -P ${sftp.port} ${sftp.username}@${sftp.host} (password in ready.json)`,
        ]),
    `Logs are in              ${home.logs}`,
    `Addresses and keys       ${home.ready}`,
    `Admin API                ${admin}/api`,
    `Waybill is ready: ${admin}`,
  ];
}
