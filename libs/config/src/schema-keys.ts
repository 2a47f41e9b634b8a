import { z } from 'zod';
import type { Path } from './yaml-text.ts';

/** The part of JSON Schema that is walked here. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly [keyword: string]: unknown;
}

/** What a person writes, not what the schema makes of it. */
export function inputSchema(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
}

/** The keys that may stand in the object under `path`. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let nodes: readonly SchemaNode[] = [inputSchema(schema)];
  for (const step of path) {
    nodes = nodes
      .flatMap(alternatives)
      .map(node => (typeof step === 'number' ? node.items : node.properties?.[step.toString()]))
      .filter(node => node !== undefined);
  }
  return nodes.flatMap(alternatives).flatMap(node => Object.keys(node.properties ?? {}));
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(alternatives);
}
