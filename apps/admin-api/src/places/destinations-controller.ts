import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ZodPipe } from '@waybill/platform';
import { listDestinations, type Database, type DestinationRecord } from '@waybill/state';
import { DATABASE } from '../admin-parts.ts';
import { found } from '../found.ts';
import { namePath } from '../requests.ts';
import { conditionJson } from './condition-json.ts';

/** Destinations as the delivery service registered them, with what they are owed; there are few, so a list is one page. */
@Controller('api/destinations')
export class DestinationsController {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  @Get()
  async list() {
    return { items: (await listDestinations(this.db)).map(destinationJson), nextCursor: null };
  }

  @Get(':name')
  async show(@Param(new ZodPipe(namePath)) { name }: { name: string }) {
    const destinations = await listDestinations(this.db);
    return destinationJson(
      found(
        destinations.find(destination => destination.name === name),
        'destination',
        `"${name}"`,
      ),
    );
  }
}

function destinationJson(row: DestinationRecord) {
  const { name, type, paused, running, waiting, failed } = row;
  return { name, type, paused, ...conditionJson(row), running, waiting, failed };
}
