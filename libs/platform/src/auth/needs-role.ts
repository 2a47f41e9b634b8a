import { SetMetadata } from '@nestjs/common';
import type { ApiRole } from './api-key-verifier.ts';

export const roleKey = 'waybill:role';

/** The least role that may call this; without it every valid key may. */
export const NeedsRole = (role: ApiRole) => SetMetadata(roleKey, role);
