import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { embeddedConfiguration } from './embedded-configuration.ts';
import type { HomeFolder } from './home-folder.ts';
import { neededParts, type NeededParts } from './needed-parts.ts';
import { writePrivateFile } from './private-file.ts';
import { StartError } from './start-error.ts';
import type { StartSettings } from './start-settings.ts';

export interface ConfigurationChoice {
  readonly file: string;
  readonly needs: NeededParts;
  /** The folder to drop files in, where the configuration is the embedded one. */
  readonly inbox: string | undefined;
}

/** The configuration to run: the one named, else waybill.yaml at the root, else the embedded one, written anew. */
export function chooseConfiguration(settings: StartSettings, home: HomeFolder): ConfigurationChoice {
  const atRoot = path.join(settings.root, 'waybill.yaml');
  const file = settings.config ?? atRoot;
  const text = textOf(file);
  if (text !== undefined) return { file, needs: neededParts(text), inbox: undefined };
  if (settings.config !== undefined) {
    throw new StartError(
      `The configuration file ${file} does not exist: create it, or set WAYBILL_CONFIG to where it is.`,
    );
  }
  const inbox = path.join(settings.root, 'inbox');
  mkdirSync(inbox, { recursive: true });
  const embedded = embeddedConfiguration(inbox);
  writePrivateFile(home.embeddedConfiguration, embedded);
  return { file: home.embeddedConfiguration, needs: neededParts(embedded), inbox };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new StartError(
      `The configuration file ${file} can't be read (${code ?? 'unknown error'}): make it readable, or set WAYBILL_CONFIG to another.`,
      { cause },
    );
  }
}
