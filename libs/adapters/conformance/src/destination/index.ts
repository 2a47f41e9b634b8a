export * from './describe-destination.ts';
export * from './destination-fixture.ts';
export type { DestinationRule } from './destination-rule.ts';
export * from './destination-rules.ts';
export * from './network-tap.ts';
export * from './folder-far-end.ts';
export * from './bucket-far-end.ts';
export * from './rule-content.ts';
