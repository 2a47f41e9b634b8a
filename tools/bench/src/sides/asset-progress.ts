import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Moments in milliseconds since the epoch, by the clock of Postgres, which is this machine's. */
export interface AssetMoments {
  /** The first finish verdict. */
  readonly firstReady: number;
  /** When the last object was proven: `s3_completed`. */
  readonly lastLanded: number;
  /** When the last delivery was delivered; undefined where none is owed. */
  readonly lastDelivered: number | undefined;
}

const lookEveryMs = 200;

export interface Wanted {
  readonly databaseUrl: string;
  readonly files: number;
  readonly delivered: boolean;
  /** Called at each look; throws to give up. */
  readonly check: () => void;
}

/** Waits until so many assets have landed, or were delivered; then tells when what happened, from the waybills. */
export async function waitForAssets(wanted: Wanted, signal: AbortSignal): Promise<AssetMoments> {
  const client = new Client({ connectionString: wanted.databaseUrl });
  await client.connect();
  try {
    const one = async (sql: string): Promise<Record<string, unknown>> =>
      (await client.query(sql)).rows[0] as Record<string, unknown>;
    const done = wanted.delivered
      ? "SELECT count(*) AS n FROM deliveries WHERE state = 'delivered'"
      : 'SELECT count(*) AS n FROM assets WHERE s3_completed_at IS NOT NULL';
    while (Number((await one(done))['n']) < wanted.files) {
      await expectNoFailure(one);
      wanted.check();
      await sleep(lookEveryMs, undefined, { signal });
    }
    const moment = 'extract(epoch FROM %) * 1000';
    const { ready, landed } = await one(
      `SELECT ${moment.replace('%', "min(at) FILTER (WHERE kind = 'finished')")} AS ready,
        ${moment.replace('%', "max(at) FILTER (WHERE kind = 'landed')")} AS landed FROM custody_events`,
    );
    const { delivered } = await one(
      `SELECT ${moment.replace('%', 'max(delivered_at)')} AS delivered FROM deliveries`,
    );
    return {
      firstReady: Number(ready),
      lastLanded: Number(landed),
      lastDelivered: delivered === null ? undefined : Number(delivered),
    };
  } finally {
    await client.end();
  }
}

/** A failed file would be waited for in vain. */
async function expectNoFailure(one: (sql: string) => Promise<Record<string, unknown>>): Promise<void> {
  const { failed } = await one(
    `SELECT coalesce((SELECT error_message FROM assets WHERE state IN ('failed', 'quarantined') LIMIT 1),
      (SELECT error_message FROM deliveries WHERE state = 'failed' LIMIT 1)) AS failed`,
  );
  if (typeof failed === 'string') throw new Error(`Waybill could not bring a file: ${failed}`);
}
