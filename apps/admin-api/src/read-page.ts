import { ProblemError } from '@waybill/platform';
import { CursorError } from '@waybill/state';

/** The page that was read; a cursor that is none of ours is the caller's mistake. */
export async function readPage<Found>(page: Promise<Found>): Promise<Found> {
  try {
    return await page;
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw new ProblemError(400, error.message, {
      errors: [{ field: 'cursor', message: 'not a cursor of this list' }],
      cause: error,
    });
  }
}
