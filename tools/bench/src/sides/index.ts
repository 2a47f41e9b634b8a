import { awsCli } from './aws-cli.ts';
import { rclone } from './rclone.ts';
import { s3cmd } from './s3cmd.ts';
import { sdkLoops } from './sdk-loop.ts';
import type { Side } from './side.ts';
import { waybillLanding, waybillLine } from './waybill.ts';

/** All sides, in the order in which the table shows them. */
export const sides: readonly Side[] = [rclone, awsCli, s3cmd, ...sdkLoops, waybillLanding, waybillLine];
