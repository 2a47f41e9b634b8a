import type { Config, LandingConfig } from './config.ts';
import { createReveal } from './reveal.ts';

/** What the landing's S3 client needs; `reveal` reads the credentials when a request has to be signed. */
export interface LandingAccess {
  readonly bucket: string;
  readonly endpoint?: string;
  readonly region: string;
  readonly forcePathStyle?: boolean;
  readonly checksum: LandingConfig['checksum'];
  readonly reveal: () => { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The landing of the configuration, as libs/landing takes it. Resolves no secret yet. */
export function landingSettings({ landing, folder }: Config): LandingAccess {
  const { bucket, endpoint, region, forcePathStyle, checksum, accessKeyId, secretAccessKey } = landing;
  const reveal = createReveal(folder);
  return {
    bucket,
    region,
    checksum,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    reveal: () => ({ accessKeyId: reveal(accessKeyId), secretAccessKey: reveal(secretAccessKey) }),
  };
}
