import type { z } from 'zod';
import { configSchema } from './config-schema.ts';
import type { Descriptors } from './descriptors.ts';
import { inputSchema } from './schema-keys.ts';
import type { SchemaNode } from './schema-keys.ts';

/** JSON Schema of waybill.yaml for editors, with the keys of every adapter. */
export function jsonSchema({ sources, destinations }: Descriptors): Readonly<Record<string, unknown>> {
  const base = inputSchema(configSchema);
  const name = base.properties?.['node'] ?? {};
  const embedded = embeddedSftp(destinations, name);
  return {
    ...base,
    title: 'waybill.yaml',
    properties: {
      ...base.properties,
      sources: list(sources.map(descriptor => entry(descriptor, name))),
      destinations: list([...destinations.map(descriptor => entry(descriptor, name)), ...embedded]),
    },
  };
}

const list = (anyOf: readonly SchemaNode[]): SchemaNode => ({ type: 'array', items: { anyOf } });

interface Described {
  readonly kind: string;
  readonly title: string;
  readonly config: z.ZodType;
}

function entry({ kind, title, config }: Described, name: SchemaNode): SchemaNode {
  const { $schema: _, ...own } = inputSchema(config);
  const required = Array.isArray(own['required']) ? (own['required'] as string[]) : [];
  return {
    ...own,
    title,
    properties: { name, type: { const: kind }, ...own.properties },
    required: ['name', 'type', ...required],
  };
}

/** The server of `npm start` brings its own address and credentials. */
function embeddedSftp(destinations: readonly Described[], name: SchemaNode): SchemaNode[] {
  const brought = new Set(['host', 'port', 'username', 'password', 'privateKey', 'hostKeys']);
  return destinations
    .filter(({ kind }) => kind === 'sftp')
    .map(descriptor => {
      const own = entry(descriptor, name);
      const kept = Object.entries(own.properties ?? {}).filter(([key]) => !brought.has(key));
      return {
        ...own,
        title: 'Embedded SFTP server of npm start',
        properties: { ...Object.fromEntries(kept), embedded: { const: true } },
        required: ['name', 'type', 'embedded'],
      };
    });
}
