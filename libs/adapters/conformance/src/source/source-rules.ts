import { identityRules } from './rules/identity.ts';
import { listingRules } from './rules/listing.ts';
import { localFileRules } from './rules/local-file.ts';
import { nameRules } from './rules/names.ts';
import { openingRules } from './rules/opening.ts';
import { settlingRules } from './rules/settling.ts';
import type { SourceRule } from './source-rule.ts';

/** What SourceAdapter promises, as rules that can be run. `reference/rogues.ts` breaks each of them once. */
export const sourceRules: readonly SourceRule[] = [
  ...listingRules,
  ...nameRules,
  ...identityRules,
  ...openingRules,
  ...localFileRules,
  ...settlingRules,
];
