import type { CheckResult, ReadinessReport } from '@waybill/platform';
import { z } from 'zod';
import { errorCode } from './error-code.ts';
import type { KnownApp } from './known-apps.ts';

/** How an app is, as its own readiness report says, or `unreachable`. */
export interface AppHealth {
  readonly name: string;
  readonly url: string | null;
  readonly status: ReadinessReport['status'] | 'unreachable';
  readonly checks: Readonly<Record<string, CheckResult>>;
  /** Why it is unreachable, for a person; else null. */
  readonly sentence: string | null;
}

const report = z.object({
  status: z.enum(['ready', 'degraded', 'not-ready']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), sentence: z.string().optional() })),
});

/** A readiness report takes two seconds at most; the rest is the way there. */
const patienceMs = 3_000;

/** Asks an app for its readiness report. Never rejects. */
export async function askHealth({ name, url }: KnownApp): Promise<AppHealth> {
  if (url === undefined) return unreachable(name, null, `The address of ${name} is not known.`);
  let status: number;
  let body: unknown;
  try {
    const answer = await fetch(`${url}/health/ready`, {
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    status = answer.status;
    body = await answer.json();
  } catch (error) {
    return unreachable(
      name,
      url,
      `${name} gives no health report at ${url} (${reason(error)}); check that it runs.`,
    );
  }
  const { success, data } = report.safeParse(body);
  if (!success) {
    return unreachable(
      name,
      url,
      `${url} answers ${status} without a health report; check that ${name} runs there.`,
    );
  }
  const checks = Object.entries(data.checks).map(([check, { ok, sentence }]): [string, CheckResult] => [
    check,
    sentence === undefined ? { ok } : { ok, sentence },
  ]);
  return { name, url, status: data.status, checks: Object.fromEntries(checks), sentence: null };
}

const unreachable = (name: string, url: string | null, sentence: string): AppHealth => ({
  name,
  url,
  status: 'unreachable',
  checks: {},
  sentence,
});

/** fetch says "fetch failed" and keeps the reason in the cause; a parser's message would quote what it read. */
function reason(error: unknown): string {
  const { name, cause } = (error ?? {}) as { readonly name?: unknown; readonly cause?: unknown };
  if (name === 'SyntaxError') return 'its answer is no JSON';
  if (name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  return errorCode(cause) ?? 'no connection';
}
