import { resolve } from 'node:path';
import type { z } from 'zod';
import type { NamedEntry } from './config-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import { findings } from './issue-sentence.ts';
import type { Finding } from './issue-sentence.ts';

interface AnyDescriptor {
  readonly kind: string;
  readonly config: z.ZodType;
}

export type Options<D> =
  | { readonly descriptor: D; readonly options: Readonly<Record<string, unknown>> }
  | { readonly findings: readonly Finding[] };

/** What the adapter that `type` names makes of the entry's other keys. */
export function adapterOptions<D extends AnyDescriptor>(
  entry: NamedEntry,
  place: { readonly list: 'sources' | 'destinations'; readonly index: number; readonly file: unknown },
  descriptors: readonly D[],
): Options<D> {
  const { name, type, ...rest } = entry;
  const prefix = [place.list, place.index];
  const descriptor = descriptors.find(({ kind }) => kind === type);
  if (descriptor === undefined) {
    const kinds = descriptors.map(({ kind }) => kind);
    const what = place.list === 'sources' ? 'source' : 'destination';
    const sentence = `${what} "${name}": there is no ${what} of type "${type}". ${didYouMean(type, kinds, 'known types')}`;
    return { findings: [{ path: [...prefix, 'type'], sentence }] };
  }
  const parsed = descriptor.config.safeParse(rest);
  if (parsed.success) return { descriptor, options: parsed.data as Readonly<Record<string, unknown>> };
  const alsoKnown = ['name', 'type'];
  return {
    findings: findings(parsed.error, { schema: descriptor.config, file: place.file, prefix, alsoKnown }),
  };
}

/** A source's `path` starts from the folder of the configuration file, wherever the app was started. */
export function withAbsolutePath(entry: NamedEntry, folder: string): NamedEntry {
  return typeof entry['path'] === 'string' && entry['path'] !== ''
    ? { ...entry, path: resolve(folder, entry['path']) }
    : entry;
}
