import { Inject, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ProblemError } from '../http/problem.ts';
import {
  API_KEY_VERIFIER,
  apiRoles,
  type ApiCaller,
  type ApiKeyVerifier,
  type ApiRole,
} from './api-key-verifier.ts';
import { rememberCaller } from './caller.ts';
import { roleKey } from './needs-role.ts';
import { publicKey } from './public.ts';

/** `Authorization: Bearer <key>` (RFC 6750). Unknown, revoked, malformed and absent keys get one and the same 401. */
export class ApiKeyGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(API_KEY_VERIFIER) private readonly verifier: ApiKeyVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(publicKey, targets) === true) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const caller = await this.callerOf(request.headers.authorization);
    const needed = this.reflector.getAllAndOverride<ApiRole | undefined>(roleKey, targets) ?? 'viewer';
    if (apiRoles.indexOf(caller.role) < apiRoles.indexOf(needed)) {
      throw new ProblemError(
        403,
        `This needs an API key of the role ${needed}; "${caller.name}" is ${caller.role}.`,
      );
    }
    rememberCaller(request, caller);
    return true;
  }

  private async callerOf(header: string | undefined): Promise<ApiCaller> {
    const key = /^bearer +([\x21-\x7e]{1,512}) *$/i.exec(header ?? '')?.[1];
    const caller = key === undefined ? undefined : await this.verify(key);
    if (caller !== undefined) return caller;
    throw new ProblemError(401, 'This needs a valid API key: send it as "Authorization: Bearer <key>".');
  }

  private async verify(key: string): Promise<ApiCaller | undefined> {
    try {
      return await this.verifier.verify(key);
    } catch (cause) {
      const detail = 'API keys can’t be checked now, since the database does not answer; try again soon.';
      throw new ProblemError(503, detail, { cause });
    }
  }
}
