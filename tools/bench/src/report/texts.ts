const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `2 GiB`, `64 KiB`, `1.5 MiB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit] ?? ''}`;
}

/** Seconds as a table shows them: two digits that matter, and a tenth at the most. */
export const secondsText = (seconds: number): string => seconds.toFixed(seconds < 10 ? 2 : 1);

export const ratioText = (ratio: number | undefined): string =>
  ratio === undefined || !Number.isFinite(ratio) ? '–' : `${ratio.toFixed(2)} ×`;
