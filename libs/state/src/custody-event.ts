/** What is to be written in an asset's waybill. Its time, number and place in the chain are Postgres's. */
export interface NewCustodyEvent {
  readonly kind: string;
  /** Who did it: an app and its node, or the name of an API key. */
  readonly actor: string;
  /** Facts of the hop: sizes, digests, proof. No secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The form the SQL functions take: the detail as the exact text that will be hashed. */
export function eventRow(event: NewCustodyEvent): { kind: string; actor: string; detail: string } {
  return { kind: event.kind, actor: event.actor, detail: JSON.stringify(event.detail) };
}
