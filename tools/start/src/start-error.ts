/** Why Waybill does not start: one sentence for a person, which says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What an error says, as one line. */
export const sentenceOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
