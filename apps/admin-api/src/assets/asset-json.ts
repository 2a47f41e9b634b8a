import type { AssetState, FailedStage } from '@waybill/domain';
import type { AssetRecord, DeliveryRecord } from '@waybill/state';
import { deliveryJson, type DeliveryJson } from '../deliveries/delivery-json.ts';
import { errorJson, type ErrorJson } from '../error-json.ts';

/** An asset as the API shows it (design, section 7). Sizes in bytes, digests in lower-case hex. */
export interface AssetJson {
  readonly id: string;
  readonly source: string;
  /** Its path at the source. */
  readonly key: string;
  readonly generation: number;
  readonly filename: string;
  readonly recording: string | null;
  readonly chapter: number | null;
  readonly state: AssetState;
  readonly failedStage: FailedStage | null;
  readonly incomplete: boolean;
  readonly size: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly parts: number;
  readonly error: ErrorJson | null;
  /** Null until the object is proven. */
  readonly landing: LandingJson | null;
  readonly digests: { readonly sha256: string | null; readonly xxh128: string | null };
  readonly deliveries: readonly DeliveryJson[];
  readonly discoveredAt: Date;
  readonly lastActivityAt: Date;
  readonly completedAt: Date | null;
}

interface LandingJson {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly proof: string;
}

export function assetJson(row: AssetRecord, deliveries: readonly DeliveryRecord[]): AssetJson {
  const { id, source, generation, filename, chapter, state, failedStage, incomplete } = row;
  return {
    id,
    source,
    key: row.sourceKey,
    generation,
    filename,
    recording: row.recordingId,
    chapter,
    state,
    failedStage,
    incomplete,
    size: row.size,
    bytesReceived: row.bytesReceived,
    bytesSent: row.bytesSent,
    parts: row.parts,
    error: errorJson(row),
    landing: landingJson(row),
    digests: { sha256: row.sha256, xxh128: row.xxh128 },
    deliveries: deliveries.map(deliveryJson),
    discoveredAt: row.discoveredAt,
    lastActivityAt: row.lastActivityAt,
    completedAt: row.completedAt,
  };
}

function landingJson({ landing, landingKey: key, landingSize: size, landingProof: proof }: AssetRecord) {
  if (size === null || proof === null) return null;
  return { bucket: landing.replace(/^s3:/, ''), key, size, proof };
}
