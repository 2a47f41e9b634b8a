/** Why the signal of a held lease was aborted. Whoever sees it stops writing: the row may be another worker's. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(
    readonly leaseId: string,
    message: string,
  ) {
    super(message);
  }
}
