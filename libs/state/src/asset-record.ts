import type { AssetState, FailedStage } from '@waybill/domain';
import { Prisma } from './database.ts';

/** A destination of a route, as frozen in the asset. */
export interface RouteStop {
  readonly to: string;
  readonly directory?: string;
  readonly after?: readonly string[];
}

/** What was decided for an asset when it was discovered. */
export interface FrozenRoute {
  readonly deliver: readonly RouteStop[];
  readonly metadata: 'always' | 'media' | 'never';
  readonly deliverIncomplete: boolean;
}

/** An asset as a worker or a reader sees it. Sizes in bytes; hex digests in lower case. */
export interface AssetRecord {
  readonly id: string;
  readonly source: string;
  readonly identity: string;
  readonly generation: number;
  readonly node: string;
  readonly sourceKey: string;
  readonly filename: string;
  readonly revision: string;
  readonly landing: string;
  readonly landingKey: string;
  readonly contentType: string;
  readonly route: FrozenRoute;
  readonly state: AssetState;
  readonly failedStage: FailedStage | null;
  readonly incomplete: boolean;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorNextStep: string | null;
  readonly attempts: number;
  readonly priority: number;
  readonly size: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly parts: number;
  readonly verdict: unknown;
  readonly verdictRevision: string | null;
  readonly sha256: string | null;
  readonly xxh128: string | null;
  readonly crc32: string | null;
  readonly landingSize: number | null;
  readonly landingEtag: string | null;
  readonly landingProof: string | null;
  readonly recordingId: string | null;
  readonly chapter: number | null;
  readonly fence: number;
  readonly custodyHash: string;
  readonly discoveredAt: Date;
  readonly lastActivityAt: Date;
  readonly s3CompletedAt: Date | null;
  readonly completedAt: Date | null;
}

/** Columns of an AssetRecord of the table aliased `a`. Sizes come as numbers: they are below 2^53. */
export const assetColumns = Prisma.raw(`
  a.id::text AS "id", a.source, a.identity, a.generation, a.node, a.source_key AS "sourceKey", a.filename, a.revision,
  a.landing, a.landing_key AS "landingKey", a.content_type AS "contentType", a.route, a.state,
  a.failed_stage AS "failedStage", a.incomplete, a.error_code AS "errorCode", a.error_message AS "errorMessage",
  a.error_next_step AS "errorNextStep", a.attempts, a.priority, a.size::float8 AS "size",
  a.bytes_received::float8 AS "bytesReceived", a.bytes_sent::float8 AS "bytesSent", a.parts, a.verdict,
  a.verdict_revision AS "verdictRevision", a.sha256, a.xxh128, a.crc32, a.landing_size::float8 AS "landingSize",
  a.landing_etag AS "landingEtag", a.landing_proof AS "landingProof", a.recording_id::text AS "recordingId", a.chapter,
  a.fence::float8 AS "fence", a.custody_hash AS "custodyHash", a.discovered_at AS "discoveredAt",
  a.last_activity_at AS "lastActivityAt", a.s3_completed_at AS "s3CompletedAt", a.completed_at AS "completedAt"`);
