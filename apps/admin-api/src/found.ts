import { ProblemError } from '@waybill/platform';

/** What was found; 404 where nothing was. */
export function found<Thing>(thing: Thing | undefined, kind: string, name: string): Thing {
  if (thing !== undefined) return thing;
  throw new ProblemError(404, `There is no ${kind} ${name}.`);
}
