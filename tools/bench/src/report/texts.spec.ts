import { ratioText, secondsText, sizeText } from './texts.ts';

it.each([
  [2 * 1024 ** 3, '2 GiB'],
  [65_536, '64 KiB'],
  [1_572_864, '1.5 MiB'],
  [5, '5 B'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it('shows seconds with the digits that matter, and a ratio that is none as a dash', () => {
  expect([secondsText(0.123), secondsText(12.34)]).toEqual(['0.12', '12.3']);
  expect([ratioText(1.234), ratioText(undefined)]).toEqual(['1.23 ×', '–']);
});
