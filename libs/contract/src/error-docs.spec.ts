import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorTable, type ErrorConsequence } from './adapter-error.ts';

const page = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../docs/errors.md');

const follows: Record<ErrorConsequence, string> = {
  later: 'The same step is tried again by itself, at most a quarter of an hour apart.',
  rescan: 'The source is listed again; the file is taken as it is then.',
  operator: 'The row is `failed` until a person has acted and retries it.',
  never: 'The row is `failed`; this file can never go this way.',
};

it('docs/errors.md says for every code what the table says', () => {
  const sections = Object.entries(errorTable).map(
    ([code, { consequence, nextStep }]) => `## ${code}\n\n${follows[consequence]}\n\n> ${nextStep}\n`,
  );
  const text = readFileSync(page, 'utf8');
  expect(text.slice(text.indexOf('## '))).toBe(sections.join('\n'));
});
