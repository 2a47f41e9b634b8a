import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** The three kinds of things that Swift keeps, each with a server and a ring of its own. */
export const swiftKinds = ['account', 'container', 'object'] as const;
export type SwiftKind = (typeof swiftKinds)[number];

/** A ring of one device and one copy: 16 partitions, all on 127.0.0.1. */
export async function makeRing(folder: string, kind: SwiftKind, port: number): Promise<void> {
  const builder = join(folder, `${kind}.builder`);
  const ring = (...args: string[]) => runCommand('swift-ring-builder', [builder, ...args]);
  await ring('create', '4', '1', '0');
  await ring('add', `r1z1-127.0.0.1:${String(port)}/sda`, '1');
  await ring('rebalance');
}
