import type { LandingSettings } from './landing-settings.ts';

/** What messages call a landing: bucket and address, never a credential. */
export interface S3Place {
  readonly bucket: string;
  readonly address: string;
}

export function placeOf(settings: LandingSettings): S3Place {
  return { bucket: settings.bucket, address: settings.endpoint ?? `AWS (${settings.region})` };
}

export function describePlace(place: S3Place): string {
  return `bucket ${place.bucket} at ${place.address}`;
}
