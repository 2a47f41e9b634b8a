import { ConditionalAbility } from './conditional-ability.ts';
import type { BeginUpload, EdgeLanding, PutObject, SendPart } from './edge-landing.ts';
import { beginUpload } from './s3-begin.ts';
import type { S3Context } from './s3-context.ts';
import { listParts } from './s3-list-parts.ts';
import { describePlace } from './s3-place.ts';
import { probeBucket } from './s3-probe.ts';
import { putObject } from './s3-put.ts';
import { sendPart } from './s3-send-part.ts';

/** The edge's face of the S3 landing. */
export function createEdgeFace(context: S3Context, close: () => Promise<void>): EdgeLanding {
  const conditional = new ConditionalAbility();
  return {
    description: describePlace(context.place),
    get wantsMd5() {
      return context.checksum.wantsMd5;
    },
    probe: signal => probeBucket(context, signal),
    begin: (upload: BeginUpload) => beginUpload(context, upload),
    sendPart: (part: SendPart) => sendPart(context, part),
    put: (object: PutObject) => putObject(context, conditional, object),
    listParts: (upload, signal) => listParts(context, upload, signal),
    close,
  };
}
