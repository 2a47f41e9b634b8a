import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Readiness } from '@waybill/platform';
import { WakeUps } from '@waybill/queue';

/** Shows in the app's health that wake-ups fail; the API is of use without them. */
@Injectable()
export class RedisCheck implements OnModuleInit {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(WakeUps) private readonly wakeUps: WakeUps,
  ) {}

  onModuleInit(): void {
    this.readiness.add('redis', () => this.wakeUps.check(), { essential: false });
  }
}
