import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ZodPipe } from '@waybill/platform';
import { listSources, type Database, type SourceRecord } from '@waybill/state';
import { DATABASE } from '../admin-parts.ts';
import { found } from '../found.ts';
import { namePath } from '../requests.ts';
import { conditionJson } from './condition-json.ts';

/** Sources as their edges registered them; there are few, so a list is one page. */
@Controller('api/sources')
export class SourcesController {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  @Get()
  async list() {
    return { items: (await listSources(this.db)).map(sourceJson), nextCursor: null };
  }

  @Get(':name')
  async show(@Param(new ZodPipe(namePath)) { name }: { name: string }) {
    const sources = await listSources(this.db);
    return sourceJson(
      found(
        sources.find(source => source.name === name),
        'source',
        `"${name}"`,
      ),
    );
  }
}

function sourceJson(row: SourceRecord) {
  const { name, node, type, paused, lastListedAt, filesListed } = row;
  return { name, node, type, paused, ...conditionJson(row), lastListedAt, filesListed };
}
