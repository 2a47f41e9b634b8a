/** ` Did you mean "x"?` for the nearest of the known words, else a list of them; for the end of a message. */
export function didYouMean(word: string, known: readonly string[], what: string): string {
  const nearest = known
    .map(candidate => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .at(0);
  if (nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(word.length / 3))) {
    return `Did you mean "${nearest.candidate}"?`;
  }
  return known.length === 0 ? `There are no ${what}.` : `The ${what} are: ${known.join(', ')}.`;
}

/** Levenshtein's distance, with two swapped neighbours counted as one mistake. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          cell(i - 1, j) + 1,
          cell(i, j - 1) + 1,
          substitution,
          swapped ? cell(i - 2, j - 2) + 1 : substitution,
        ),
      );
    }
  }
  return cell(a.length, b.length);
}
