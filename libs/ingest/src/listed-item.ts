import { createHash } from 'node:crypto';
import type { SourceItem } from '@waybill/contract';
import { filenameOf, renderKey } from '@waybill/domain';
import type { ListedItem } from '@waybill/state';
import { contentTypeOf } from './content-type.ts';
import type { EdgeSource } from './edge-source.ts';

/** What the source's route makes of a listed file. A file whose name or key can't be used is listed as refused, never dropped. */
export function listedItem(source: EdgeSource, item: SourceItem): ListedItem {
  const filename = filenameOf(item.key);
  const facts = {
    key: item.key,
    filename,
    identity: item.identity,
    revision: item.revision,
    size: item.size,
    contentType: contentTypeOf(filename),
    route: source.route,
  };
  const rendered =
    item.refused === undefined
      ? renderKey(source.key, {
          source: source.name,
          key: item.key,
          modifiedAt: item.modifiedAt,
          recording: item.recording,
        })
      : { refused: item.refused };
  if ('key' in rendered) return { ...facts, landingKey: rendered.key };
  return {
    ...facts,
    landingKey: quarantineKey(source.name, item.identity),
    refused: `${source.name}: ${item.key} can't be taken: ${rendered.refused}`,
  };
}

/** A key of its own that any store can bear, so that the row is as whole as any other; nothing is ever put there. */
function quarantineKey(source: string, identity: string): string {
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  return `quarantined/${source}/${name}`;
}
