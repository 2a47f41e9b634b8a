import { reasonOf } from '@waybill/queue';
import { scrubText } from '../log/scrub.ts';

/** Resolves when this part works; rejects with a sentence that says what is wrong and what to do. */
export type ReadinessCheck = () => Promise<void> | void;

export interface CheckResult {
  readonly ok: boolean;
  /** What is wrong, for a person; absent when all is well. */
  readonly sentence?: string;
}

export interface ReadinessReport {
  /** `degraded`: it works, while something that it can do without is away. */
  readonly status: 'ready' | 'degraded' | 'not-ready';
  readonly checks: Readonly<Record<string, CheckResult>>;
}

interface Known {
  readonly check: ReadinessCheck;
  readonly essential: boolean;
  running: Promise<CheckResult> | undefined;
  result: CheckResult;
  /** When the result was found, on the monotonic clock. */
  foundAt: number;
}

const patienceMs = 2_000;
const freshMs = 1_000;

/** What must work for this app to be of use. Each check runs at most once at a time and once a second, however often asked. */
export class Readiness {
  private readonly known = new Map<string, Known>();

  /** `essential: false`: shown, but the app is ready without it (Redis). Throws when the name is taken. */
  add(name: string, check: ReadinessCheck, options: { readonly essential?: boolean } = {}): void {
    if (this.known.has(name))
      throw new Error(`The readiness check "${name}" exists already; choose another name.`);
    this.known.set(name, {
      check,
      essential: options.essential ?? true,
      running: undefined,
      result: { ok: false },
      foundAt: -Infinity,
    });
  }

  /** Answers within about two seconds whatever the checks do. */
  async report(): Promise<ReadinessReport> {
    const entries = [...this.known].sort(([a], [b]) => a.localeCompare(b));
    const found = await Promise.all(
      entries.map(async ([name, each]) => ({ name, essential: each.essential, result: await ask(each) })),
    );
    const failing = found.filter(({ result }) => !result.ok);
    const status =
      failing.length === 0 ? 'ready' : failing.some(({ essential }) => essential) ? 'not-ready' : 'degraded';
    return { status, checks: Object.fromEntries(found.map(({ name, result }) => [name, result])) };
  }
}

async function ask(known: Known): Promise<CheckResult> {
  if (performance.now() - known.foundAt < freshMs) return known.result;
  known.running ??= run(known).finally(() => (known.running = undefined));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>(resolve => {
    const sentence = `No answer within ${patienceMs / 1000} s.`;
    timer = setTimeout(() => resolve({ ok: false, sentence }), patienceMs);
  });
  return Promise.race([known.running, late]).finally(() => clearTimeout(timer));
}

async function run(known: Known): Promise<CheckResult> {
  known.result = await outcome(known.check);
  known.foundAt = performance.now();
  return known.result;
}

async function outcome(check: ReadinessCheck): Promise<CheckResult> {
  try {
    await check();
    return { ok: true };
  } catch (error) {
    return { ok: false, sentence: `${scrubText(reasonOf(error))}.` };
  }
}
