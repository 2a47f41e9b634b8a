import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiCaller } from './api-key-verifier.ts';

/** Requests by their caller; weak, so that nothing has to be taken out again. */
const callers = new WeakMap<object, ApiCaller>();

export function rememberCaller(request: object, caller: ApiCaller): void {
  callers.set(request, caller);
}

/** The caller of a guarded request, as a controller's parameter: `@Caller() caller: ApiCaller`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiCaller => {
  const caller = callers.get(context.switchToHttp().getRequest<object>());
  if (caller === undefined) throw new Error('This route has no caller: put it behind the ApiKeyGuard.');
  return caller;
});
