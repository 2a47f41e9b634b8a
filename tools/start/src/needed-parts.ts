import { parse } from 'yaml';
import { z } from 'zod';

/** Which embedded servers a configuration asks for. */
export interface NeededParts {
  readonly s3: boolean;
  readonly sftp: boolean;
}

const outline = z.object({
  landing: z.unknown().optional(),
  destinations: z
    .array(z.object({ embedded: z.unknown().optional() }).catch({}))
    .catch([])
    .default([]),
});

/**
 * Reads only as much of a configuration as this needs. One that can't be read needs nothing: the apps read it too, and say
 * what is wrong with it.
 */
export function neededParts(text: string): NeededParts {
  let file: unknown;
  try {
    file = parse(text);
  } catch {
    return { s3: false, sftp: false };
  }
  const { data } = outline.safeParse(file ?? {});
  if (data === undefined) return { s3: false, sftp: false };
  return {
    s3: data.landing === undefined || data.landing === null,
    sftp: data.destinations.some(({ embedded }) => embedded === true),
  };
}
