import type { FileHandle } from 'node:fs/promises';
import type { FinishEvidence } from '@waybill/domain';

/** What must not move while a file is read. */
export interface Stillness {
  readonly size: number;
  readonly mtimeNs: bigint;
  /** The modification time as a listing tells it: a Date's text. */
  readonly modifiedAt: string;
}

/** What is stored of a finish verdict: the evidence, and the modification time that the reader has to find again. */
export type StoredVerdict = FinishEvidence & { readonly modifiedAt: string };

export async function stillnessOf(handle: FileHandle): Promise<Stillness> {
  const { size, mtimeNs, mtimeMs } = await handle.stat({ bigint: true });
  return { size: Number(size), mtimeNs, modifiedAt: modifiedAtText(new Date(Number(mtimeMs))) };
}

export function isStill(before: Stillness, after: Stillness): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs;
}

/** One text for one time. Past what a Date can hold (some file systems go there) all times are one. */
export function modifiedAtText(time: Date): string {
  return Math.abs(time.getTime()) < 8.64e15 ? time.toISOString() : 'out of range';
}

/** How a file is not the one that its verdict was given for, as the end of a sentence; undefined where it is. */
export function movedSince(
  verdict: unknown,
  size: number,
  now: Pick<Stillness, 'size' | 'modifiedAt'>,
): string | undefined {
  if (now.size !== size) return `it had ${size} bytes when it was held finished and has ${now.size} now`;
  const then = modifiedAtOf(verdict);
  if (then === undefined || then === now.modifiedAt) return undefined;
  return `it was written to after it was held finished (at ${now.modifiedAt}, last seen of ${then})`;
}

/** Rows are read from outside this process: what they hold is looked at before it is believed. */
function modifiedAtOf(verdict: unknown): string | undefined {
  if (typeof verdict !== 'object' || verdict === null || !('modifiedAt' in verdict)) return undefined;
  return typeof verdict.modifiedAt === 'string' ? verdict.modifiedAt : undefined;
}
