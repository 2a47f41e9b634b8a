import { SetMetadata } from '@nestjs/common';

export const publicKey = 'waybill:public';

/** Needs no API key: health and metrics. */
export const Public = () => SetMetadata(publicKey, true);
