import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from './error-code.ts';

/** An app and where it answers; `url` undefined: it is named without a usable address. */
export interface KnownApp {
  readonly name: string;
  readonly url: string | undefined;
}

/** The addresses that could be read, and what to tell where they could not. */
export interface KnownApps {
  readonly apps: readonly KnownApp[];
  readonly sentence: string | null;
}

/** The part of ready.json that concerns us; the rest holds secrets and is not looked at. */
const readyFile = z.object({ apps: z.record(z.string(), z.object({ url: z.string().optional() })) });

/** Reads where the apps answer, anew on each call: the file is written again when an app was restarted. */
export async function readKnownApps(file: string | undefined): Promise<KnownApps> {
  if (file === undefined) {
    return unknown(
      'The addresses of the other apps are not known here: set WAYBILL_APPS to a file that names them.',
    );
  }
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return unknown(
      `The file of WAYBILL_APPS can't be read (${errorCode(error) ?? 'no reason given'}): it is written when all apps are ready.`,
    );
  }
  const found = readyFile.safeParse(parsed(text));
  if (!found.success)
    return unknown('The file of WAYBILL_APPS is not one that names apps with their addresses.');
  const apps = Object.entries(found.data.apps).map(([name, { url }]) => ({ name, url: address(url) }));
  return { apps, sentence: null };
}

const unknown = (sentence: string): KnownApps => ({ apps: [], sentence });

/** Undefined for what is no JSON: the parser's own message would quote the file, which holds secrets. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Scheme, host and port alone: credentials or a path in it are nobody's business. */
function address(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
}
