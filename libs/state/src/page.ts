/** A cursor that can't be read: the caller's mistake, told by name. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/** Where a page ended: rows are ordered by (time, id), both of which never change, so a page neither skips nor repeats. */
export interface PagePosition {
  readonly at: Date;
  readonly id: string;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function encodeCursor({ at, id }: PagePosition): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

export function decodeCursor(cursor: string): PagePosition {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('.');
  const at = new Date(/^\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  if (Number.isNaN(at.getTime()) || !uuidPattern.test(id)) {
    throw new CursorError('The cursor is not one that this API gave: start again without a cursor.');
  }
  return { at, id };
}

/** A page from `limit + 1` rows: the extra one only says that there is more. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => PagePosition,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null,
  };
}
