import type { PlannedPart } from '@waybill/domain';
import type { ListedPart } from '@waybill/landing';
import type { PartDigests } from './digest-pass.ts';
import type { JournalPart } from './upload-journal.ts';

/** What an earlier attempt left: journal ∪ listing (design 2.4). Asked with the digests of the bytes as they are now. */
export class EarlierParts {
  readonly #rows: ReadonlyMap<number, JournalPart>;
  readonly #listed: ReadonlyMap<number, ListedPart>;

  constructor(rows: readonly JournalPart[], listed: readonly ListedPart[]) {
    this.#rows = new Map(rows.map(row => [row.number, row]));
    this.#listed = new Map(listed.map(part => [part.number, part]));
  }

  /** True when only an MD5 of the part's bytes can tell whether the store's copy is theirs. */
  needsMd5(number: number): boolean {
    const listed = this.#listed.get(number);
    return listed !== undefined && listed.crc32 === undefined && this.#rows.get(number)?.etag !== listed.etag;
  }

  /**
   * The row of a part that need not be sent again, `written` when the journal has it already; undefined: send it.
   * The store's copy counts when the journal names the same ETag, size and place and its xxh128 is that of the bytes now;
   * without such a row, only when the store's own checksum is that of the bytes now.
   */
  confirmed(
    part: PlannedPart,
    digests: PartDigests,
  ): { readonly row: JournalPart; readonly written: boolean } | undefined {
    const listed = this.#listed.get(part.number);
    if (listed?.size !== part.size) return undefined;
    const row = this.#rows.get(part.number);
    if (row !== undefined && row.etag === listed.etag && row.size === part.size && row.offset === part.offset)
      return row.xxh128 === digests.xxh128 ? { row, written: true } : undefined;
    const same =
      listed.crc32 === undefined ? listed.etag.toLowerCase() === digests.md5 : listed.crc32 === digests.crc32;
    if (!same) return undefined;
    const { xxh128, crc32 } = digests;
    return { row: { ...part, etag: listed.etag, xxh128, crc32 }, written: false };
  }
}
