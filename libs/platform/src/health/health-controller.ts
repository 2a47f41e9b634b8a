import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/public.ts';
import { Readiness, type ReadinessReport } from './readiness.ts';

/** For supervisors and balancers: `live` says the process answers, `ready` says it can do its work. */
@Public()
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('live')
  live(@Res({ passthrough: true }) response: Response): { readonly status: 'live' } {
    response.setHeader('Cache-Control', 'no-store');
    return { status: 'live' };
  }

  /** 200 when ready or degraded, else 503; the body names each check. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    response.setHeader('Cache-Control', 'no-store');
    response.status(report.status === 'not-ready' ? 503 : 200);
    return report;
  }
}
