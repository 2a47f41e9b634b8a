import type { ComparedSide } from './comparison.ts';
import { ratioText, secondsText, sizeText } from './texts.ts';

const header = [
  'side',
  'version',
  'wall s',
  'from drop s',
  'CPU s',
  'state CPU s',
  'peak memory',
  'speed to fastest peer',
  'speed to rclone',
  'CPU to rclone',
];
/** The first columns hold words, the others numbers. */
const words = 2;

/** One scenario as a table of text; a side without figures has its reason in their place. */
export function table(title: string, sides: readonly ComparedSide[]): string {
  const rows = sides.map(row);
  const figures = [header, ...rows.filter(({ reason }) => reason === undefined).map(({ cells }) => cells)];
  const widths = header.map((_, column) =>
    Math.max(
      ...figures.map(cells => cells[column]?.length ?? 0),
      ...(column < words ? rows.map(({ cells }) => cells[column]?.length ?? 0) : []),
    ),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map(width => '-'.repeat(width)).join('  ');
  return [
    title,
    '',
    line(header),
    rule,
    ...rows.map(({ cells, reason }) => (reason === undefined ? line(cells) : `${line(cells)}  ${reason}`)),
  ].join('\n');
}

function row({ side, version, outcome, ratios }: ComparedSide): { cells: string[]; reason?: string } {
  const name = [side.name, version ?? ''];
  if ('missing' in outcome) return { cells: name, reason: outcome.missing };
  if ('failed' in outcome) return { cells: name, reason: `failed: ${outcome.failed}` };
  const { wall, cpu, peak, more } = outcome.median;
  const optional = (value: number | undefined): string => (value === undefined ? '' : secondsText(value));
  return {
    cells: [
      ...name,
      secondsText(wall),
      optional(more['fromDrop']),
      secondsText(cpu),
      optional(more['stateCpu']),
      sizeText(peak),
      ratioText(ratios.speedToFastestPeer),
      ratioText(ratios.speedToRclone),
      ratioText(ratios.cpuToRclone),
    ],
  };
}
