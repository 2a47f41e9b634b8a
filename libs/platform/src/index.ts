// First: what it does counts only for what is loaded after it.
import './boot/lean-memory.ts';
export { ApiKeyGuard } from './auth/api-key-guard.ts';
export { ApiKeyModule } from './auth/api-key-module.ts';
export {
  API_KEY_VERIFIER,
  apiRoles,
  type ApiCaller,
  type ApiKeyVerifier,
  type ApiRole,
} from './auth/api-key-verifier.ts';
export { Caller } from './auth/caller.ts';
export { NeedsRole } from './auth/needs-role.ts';
export { Public } from './auth/public.ts';
export type { AppPlan } from './boot/app-plan.ts';
export { readSetting, type AppSetting } from './boot/app-setting.ts';
export type { AppProcess } from './boot/app-process.ts';
export { runApp, type AppOptions } from './boot/run-app.ts';
export {
  Readiness,
  type CheckResult,
  type ReadinessCheck,
  type ReadinessReport,
} from './health/readiness.ts';
export { ProblemError, type FieldError, type ProblemDocument, type ProblemOptions } from './http/problem.ts';
export { ZodPipe } from './http/zod-pipe.ts';
export { AppLog, type AppLogOptions, type LogFields } from './log/app-log.ts';
export { scrubText } from './log/scrub.ts';
export { Metrics } from './metrics/metrics.ts';
export { PlatformModule, type PlatformOptions } from './platform-module.ts';
