import { assetHint, type WakeUp } from './wake-up.ts';

/** The edge node of this name has something to do: an asset to receive, a tail to flush, a source to list again. */
export const edgeWork = (node: string): WakeUp => ({
  name: 'edge.work',
  queue: `edge.${node}`,
  payload: assetHint,
});
