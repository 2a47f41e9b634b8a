import { z } from 'zod';

const durationUnits = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

function measure<U extends string>(text: string, units: Record<U, number>): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  const value = Math.round(Number(match[1]) * units[unit as U]);
  return Number.isSafeInteger(value) ? value : undefined;
}

function measured<U extends string>(what: string, units: Record<U, number>, example: string) {
  const names = Object.keys(units).join(', ');
  return z.string().transform((text, context) => {
    const value = measure(text, units);
    if (value !== undefined) return value;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a ${what}: write a number with one of ${names}, such as ${example}`,
    });
    return z.NEVER;
  });
}

/** A duration such as `10s`, `5min`, `24h`; parsed to milliseconds. */
export const duration = measured('duration', durationUnits, '10s');

/** A size such as `8MiB` or `12GiB`; parsed to bytes. */
export const byteSize = measured('size', sizeUnits, '8MiB');
