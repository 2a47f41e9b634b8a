import { ChecksumAbility } from './checksum-ability.ts';
import type { EdgeLanding } from './edge-landing.ts';
import type { FinalizerLanding } from './finalizer-landing.ts';
import type { LandingSettings } from './landing-settings.ts';
import { createClients } from './s3-clients.ts';
import type { S3Context } from './s3-context.ts';
import { createEdgeFace } from './s3-edge-landing.ts';
import { createFinalizerFace } from './s3-finalizer-landing.ts';
import { placeOf } from './s3-place.ts';

/** The S3 landing with both its faces; an app takes the one that it needs. */
export interface S3Landing {
  readonly edge: EdgeLanding;
  readonly finalizer: FinalizerLanding;
}

/** Does no I/O. Closing either face closes the connections of both. */
export function createS3Landing(settings: LandingSettings): S3Landing {
  const clients = createClients(settings);
  const context: S3Context = {
    ...clients,
    bucket: settings.bucket,
    place: placeOf(settings),
    checksum: new ChecksumAbility(settings.checksum ?? 'auto'),
  };
  const close = async () => {
    clients.repeating.destroy();
    clients.single.destroy();
  };
  return { edge: createEdgeFace(context, close), finalizer: createFinalizerFace(context, close) };
}
