import { defaultKeyTemplate, parseKeyTemplate, renderKey } from './key-template.ts';
import type { KeyFields, KeyTemplate } from './key-template.ts';

const fields: KeyFields = {
  source: 'model-csv',
  key: 'day 1/runs/out.v2.csv',
  modifiedAt: new Date('2026-11-20T23:59:59.999Z'),
};

function template(text: string): KeyTemplate {
  const parsed = parseKeyTemplate(text);
  if ('refused' in parsed) throw new Error(parsed.refused);
  return parsed.template;
}

describe('a key template', () => {
  it.each([
    [defaultKeyTemplate, 'model-csv/day 1/runs/out.v2.csv'],
    ['{source}/{date}/{filename}', 'model-csv/2026-11-20/out.v2.csv'],
    ['x/{stem}_raw{ext}', 'x/out.v2_raw.csv'],
  ])('%s renders %s', (text, key) => {
    expect(renderKey(template(text), fields)).toEqual({ key });
  });

  it('renders recordings, with chapters as wide as asked', () => {
    const raw = template('raw-chapters/{recording}/chapter_{chapter:03}_{filename}');
    const recording = { id: 'match-7', chapter: 5 };
    expect(renderKey(raw, { ...fields, recording })).toEqual({
      key: 'raw-chapters/match-7/chapter_005_out.v2.csv',
    });
    expect(renderKey(raw, { ...fields, recording: { id: 'm', chapter: 1234 } })).toEqual({
      key: 'raw-chapters/m/chapter_1234_out.v2.csv',
    });
  });

  it('refuses a file for which the source tells no recording', () => {
    expect(renderKey(template('{recording}/{filename}'), fields)).toEqual({
      refused:
        'the key template "{recording}/{filename}" asks for {recording}, which the source did not tell for this file',
    });
  });

  it('refuses a file whose time is none', () => {
    expect(renderKey(template('{date}/{filename}'), { ...fields, modifiedAt: new Date(NaN) })).toEqual({
      refused: expect.stringContaining('asks for {date}') as string,
    });
  });

  it('refuses a key that became too long', () => {
    expect(renderKey(template('{source}/{key}'), { ...fields, key: 'x'.repeat(1_005) })).toEqual({
      refused: expect.stringContaining('1015 bytes') as string,
    });
  });

  it.each([
    ['{sourec}/{key}', '"{sourec}" is no field: use {source}'],
    ['{}', '"{}" is no field'],
    ['{key', '"{key" is no field'],
    ['{key}}', '"}" is no field'],
    ['{key:03}', 'only {chapter:03}'],
    ['{chapter:3}', '"{chapter:3}" is no field'],
    ['{stem}.{ext}', 'its own dot'],
    ['{source}/{date}', 'nothing in it tells files apart'],
    ['', 'nothing in it tells files apart'],
    ['/{key}', 'empty folder name'],
    ['../{key}', '".."'],
  ])('%s is refused', (text, reason) => {
    expect(parseKeyTemplate(text)).toEqual({ refused: expect.stringContaining(reason) as string });
  });
});
