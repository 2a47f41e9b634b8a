import assert from 'node:assert/strict';
import { AdapterError, type AdapterErrorCode } from '@waybill/contract';
import type { DestinationFixture } from './destination-fixture.ts';

/** One thing that every destination adapter keeps. `check` rejects when it does not hold. */
export interface DestinationRule {
  readonly name: string;
  readonly statement: string;
  check(fixture: DestinationFixture): Promise<void>;
}

/** Passes a promise on, or fails the rule when it has not settled after `milliseconds`. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(new assert.AssertionError({ message: `${what} did not settle within ${milliseconds} ms` })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The AdapterError that a promise rejects with; anything else fails the rule. Without codes, every code will do. */
export async function refusal(
  promise: Promise<unknown>,
  ...codes: AdapterErrorCode[]
): Promise<AdapterError> {
  const error: unknown = await promise.then(
    value => assert.fail(`it resolved with ${JSON.stringify(value)} instead of rejecting`),
    (reason: unknown) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error instanceof AdapterError, `it rejected with ${String(error)}, which is no AdapterError`);
  assert.ok(
    codes.length === 0 || codes.includes(error.code),
    `its code is ${error.code} ("${error.message}") and should be ${codes.join(' or ')}`,
  );
  return error;
}

/** Fails the rule unless exactly these bytes stand under the key. */
export async function standsWhole(fixture: DestinationFixture, key: string, bytes: Buffer): Promise<void> {
  const found = await fixture.read(key);
  assert.ok(found !== undefined, `nothing stands under ${key}`);
  assert.equal(found.length, bytes.length, `${key} has ${found.length} bytes`);
  assert.ok(found.equals(bytes), `${key} holds other bytes`);
}

/** Fails the rule unless there is nothing at all under the destination's root but these keys. */
export async function standsNothingBut(fixture: DestinationFixture, ...keys: string[]): Promise<void> {
  // Compared as text: a list from Node's own realm is never deeply equal to one from a test's.
  assert.equal(named(await fixture.list()), named(keys), 'names at the far end');
}

const named = (keys: readonly string[]): string => [...keys].sort().join('\n');
