import type { INestApplication } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

/** Headers of every answer, errors too: nothing is kept by a cache, nothing is framed, sniffed or run. */
export function configureApi(app: INestApplication): void {
  app.use(helmet());
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
}
