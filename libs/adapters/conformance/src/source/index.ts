export * from './describe-source.ts';
export * from './source-fixture.ts';
export type { SourceRule } from './source-rule.ts';
export * from './source-rules.ts';
