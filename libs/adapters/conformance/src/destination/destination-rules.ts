import type { DestinationRule } from './destination-rule.ts';
import { honestContentRules } from './rules/honest-content.ts';
import { housekeepingRules } from './rules/housekeeping.ts';
import { nameRules } from './rules/names.ts';
import { repeatingRules } from './rules/repeating.ts';
import { troubleRules } from './rules/trouble.ts';
import { wholeBytesRules } from './rules/whole-bytes.ts';

/** What DestinationAdapter promises, as rules that can be run. `reference/rogues.ts` breaks each of them once. */
export const destinationRules: readonly DestinationRule[] = [
  ...wholeBytesRules,
  ...nameRules,
  ...honestContentRules,
  ...repeatingRules,
  ...troubleRules,
  ...housekeepingRules,
];
