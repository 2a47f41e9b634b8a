import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { adapterOptions, withAbsolutePath } from './adapter-options.ts';
import type { Config, DestinationConfig, LandingConfig, SourceConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { configSchema } from './config-schema.ts';
import type { NamedEntry, ParsedConfig } from './config-schema.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Descriptors } from './descriptors.ts';
import { embeddedRef, readEmbedded } from './embedded.ts';
import { findings } from './issue-sentence.ts';
import type { Finding } from './issue-sentence.ts';
import { createReveal } from './reveal.ts';
import type { Reveal } from './reveal.ts';
import { referenceFindings } from './route-check.ts';
import { YamlText } from './yaml-text.ts';

/**
 * Reads and checks a whole waybill.yaml: for every app alike, whether it uses a part or not. Resolves no secret. Throws a
 * ConfigError with one sentence for the first thing in the file that is wrong.
 */
export async function loadConfig(path: string, descriptors: Descriptors): Promise<Config> {
  const file = resolve(path);
  const folder = dirname(file);
  const yaml = new YamlText(await textOf(file), basename(file));
  const parsed = parse(yaml);
  const load = new Load(yaml, folder, descriptors);
  const sources = parsed.sources.map((entry, index) => load.source(entry, index));
  const destinations = parsed.destinations.map((entry, index) => load.destination(entry, index));
  refuse(yaml, [...load.found, ...referenceFindings(parsed)]);
  const { staleScanEvery, streamTimeout, edgeLostAfter } = parsed.finalizer;
  return deepFreeze({
    file,
    folder,
    node: parsed.node,
    landing:
      parsed.landing === undefined ? embeddedLanding(yaml.label) : { ...parsed.landing, embedded: false },
    sources: sources.filter(source => source !== undefined),
    destinations: destinations.filter(destination => destination !== undefined),
    routes: parsed.routes.map(route => ({
      ...route,
      deliver: route.deliver.map(({ to, directory, after }) => ({ to, directory, after })),
    })),
    finalizer: {
      staleScanEveryMs: staleScanEvery,
      streamTimeoutMs: streamTimeout,
      edgeLostAfterMs: edgeLostAfter,
    },
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (failure) {
    const code = (failure as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError(
      `The configuration file ${file} cannot be read (${code}). Create it, or set WAYBILL_CONFIG to where it is.`,
    );
  }
}

function parse(yaml: YamlText): ParsedConfig {
  const result = configSchema.safeParse(yaml.value ?? {});
  if (result.success) return result.data;
  refuse(yaml, findings(result.error, { schema: configSchema, file: yaml.value ?? {}, prefix: [] }));
  throw new ConfigError(`${yaml.label}: it cannot be used. Compare it with the README.`);
}

function refuse(yaml: YamlText, found: readonly Finding[]): void {
  const first = found
    .map(({ path, sentence }) => ({ path, sentence, line: yaml.lineOf(path) }))
    .sort((a, b) => a.line - b.line)
    .at(0);
  if (first !== undefined) throw yaml.at(first.path, first.sentence);
}

/** One pass over the entries that adapters understand, collecting what is wrong with them. */
class Load {
  readonly found: Finding[] = [];
  private readonly reveal: Reveal;

  constructor(
    private readonly yaml: YamlText,
    private readonly folder: string,
    private readonly descriptors: Descriptors,
  ) {
    this.reveal = createReveal(folder);
  }

  source(entry: NamedEntry, index: number): SourceConfig | undefined {
    const place = { list: 'sources', index, file: this.yaml.value } as const;
    const result = adapterOptions(withAbsolutePath(entry, this.folder), place, this.descriptors.sources);
    if ('findings' in result) {
      this.found.push(...result.findings);
      return undefined;
    }
    const { descriptor, options } = result;
    const { name, type } = entry;
    const { scanEvery, finish, mode } = timing.parse(options);
    const create = () => descriptor.create(options, { name, reveal: this.reveal });
    return {
      name,
      type,
      options,
      scanEveryMs: scanEvery,
      idleMs: finish?.idle,
      growing: mode === 'growing',
      create,
    };
  }

  destination(entry: NamedEntry, index: number): DestinationConfig | undefined {
    const place = { list: 'destinations', index, file: this.yaml.value } as const;
    const embedded = entry.type === 'sftp' && entry['embedded'] === true;
    const whole = embedded ? embeddedSftp(entry, this.yaml) : entry;
    const result = adapterOptions(whole, place, this.descriptors.destinations);
    if ('findings' in result) {
      this.found.push(...result.findings);
      return undefined;
    }
    const { descriptor, options } = result;
    const { name, type } = entry;
    const create = () => descriptor.create(options, { name, reveal: this.reveal });
    return { name, type, options, embedded, create };
  }
}

/** Keys that the edge reads for every kind of source that has them, as their own schema parsed them. */
const timing = z.object({
  scanEvery: z.number().default(2_000),
  mode: z.string().optional(),
  finish: z.object({ idle: z.number().optional() }).optional(),
});

function embeddedLanding(label: string): LandingConfig {
  const why = `${label}: "landing" is absent, which stands for the S3 server of npm start`;
  const { bucket, endpoint, region } = readEmbedded('WAYBILL_EMBEDDED_S3', why);
  return {
    type: 's3',
    bucket,
    endpoint,
    region,
    accessKeyId: embeddedRef('WAYBILL_EMBEDDED_S3', 'accessKeyId'),
    secretAccessKey: embeddedRef('WAYBILL_EMBEDDED_S3', 'secretAccessKey'),
    forcePathStyle: true,
    checksum: 'auto',
    embedded: true,
  };
}

function embeddedSftp(entry: NamedEntry, yaml: YamlText): NamedEntry {
  const { embedded: _, ...own } = entry;
  const why = `${yaml.label}: the destination "${entry.name}" is the embedded SFTP server of npm start`;
  const { host, port, username, hostKey } = readEmbedded('WAYBILL_EMBEDDED_SFTP', why);
  const password = embeddedRef('WAYBILL_EMBEDDED_SFTP', 'password');
  return { ...own, host, port, username, password, hostKeys: [hostKey] };
}
