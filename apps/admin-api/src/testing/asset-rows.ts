import {
  completeAssets,
  moveAssets,
  moveDeliveries,
  takeListing,
  type Database,
  type DeliveryMove,
} from '@waybill/state';
import { node } from './admin-fixture.ts';

let count = 0;

export const sha256 = 'ab'.repeat(32);

export interface NewAsset {
  readonly filename?: string;
  readonly source?: string;
  readonly size?: number;
}

/** A discovered asset; its id. */
export async function discovered(db: Database, { filename, source = 'inbox', size = 10 }: NewAsset = {}) {
  count += 1;
  const name = filename ?? `clip-${count}.mp4`;
  const [row] = await takeListing(db, {
    source,
    node,
    landing: 's3:waybill',
    actor: 'edge-ingester@court-1',
    items: [
      {
        key: `day-${count}/${name}`,
        filename: name,
        identity: `inode-${count}`,
        revision: '10:1',
        size,
        contentType: 'video/mp4',
        landingKey: `${source}/day-${count}/${name}`,
        route: { deliver: [{ to: 'partner' }], metadata: 'always', deliverIncomplete: false },
      },
    ],
  });
  if (row === undefined) throw new Error('nothing was discovered');
  return row.id;
}

type Step = Parameters<typeof moveAssets>[1][number];

/** Moves it without a claim, as no worker runs here. */
export async function step(
  db: Database,
  id: string,
  transition: Step['transition'],
  more: Partial<Step> = {},
): Promise<void> {
  const events = [{ kind: transition, actor: 'test', detail: { size: 10 } }];
  const moved = await moveAssets(db, [{ id, transition, dueInMs: null, events, ...more }]);
  if (!moved.has(id)) throw new Error(`${id} did not move by ${transition}`);
}

export const trouble = {
  code: 'unauthorized',
  message: 'The store refused the key.',
  nextStep: 'Put the key right and retry.',
};

/** An asset that failed in this stage. */
export async function failedIn(
  db: Database,
  stage: 'receive' | 'finalize' | 'metadata',
  asset: NewAsset = {},
): Promise<string> {
  const id = await discovered(db, asset);
  await step(db, id, 'receive');
  if (stage !== 'receive') await step(db, id, 'sent', { patch: { sha256, bytes_sent: 10 } });
  if (stage === 'metadata') await step(db, id, 'proven', { patch: proof(10) });
  await step(db, id, `fail-${stage}`, { trouble });
  return id;
}

const proof = (size: number) => ({ landing_size: size, landing_etag: 'etag-1', landing_proof: 'in_flight' });

/** A completed asset with a waiting delivery to each destination. */
export async function completed(
  db: Database,
  destinations: readonly string[] = ['partner'],
  asset: NewAsset = {},
): Promise<string> {
  const { size = 10 } = asset;
  const id = await discovered(db, asset);
  await step(db, id, 'receive');
  await step(db, id, 'sent', {
    patch: { sha256, xxh128: 'cd'.repeat(16), bytes_received: size, bytes_sent: size },
  });
  await step(db, id, 'proven', { patch: proof(size) });
  await completeAssets(db, [
    {
      move: {
        id,
        transition: 'complete',
        dueInMs: null,
        events: [{ kind: 'completed', actor: 'test', detail: {} }],
      },
      size,
      priority: 0,
      actor: 'cloud-finalizer',
      deliveries: destinations.map(destination => ({ destination, path: `${id}.mp4`, after: [] })),
    },
  ]);
  return id;
}

/** Ends an attempt of a delivery that waits. */
export async function attempted(
  db: Database,
  id: string,
  outcome: 'fail' | 'later' | 'delivered',
  more: Partial<DeliveryMove> = {},
): Promise<void> {
  await db.$executeRaw`UPDATE deliveries SET state = 'delivering', attempts = attempts + 1 WHERE id = ${id}::uuid`;
  const receipt = { outcome: 'delivered', evidence: { size: 10 }, proofLevel: 'size' };
  const moved = await moveDeliveries(db, [
    {
      id,
      transition: outcome,
      dueInMs: outcome === 'later' ? 600_000 : null,
      ...(outcome === 'delivered' ? { patch: { receipt, bytes_sent: 10 } } : { trouble }),
      events: [{ kind: outcome, actor: 'delivery-service', detail: { deliveryId: id } }],
      ...more,
    },
  ]);
  if (!moved.has(id)) throw new Error(`${id} did not move by ${outcome}`);
}
