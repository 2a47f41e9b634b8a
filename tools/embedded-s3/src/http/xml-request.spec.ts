import { childText, children, readXml } from './xml-request.ts';
import { escapeXml } from './xml.ts';

const read = (xml: string) => readXml(Buffer.from(xml), 'Delete');

describe('XML of requests', () => {
  it.each([
    ['named entities', '&lt;a&gt; &amp; &quot;b&apos;', `<a> & "b'`],
    ['decimal references, as Go writes quotes', '&#34;etag&#34;', '"etag"'],
    ['hex references', 'a&#xD;&#x1F600;', 'a\r😀'],
    ['what only looks like a reference', '&amp;#34; &amp;lt;', '&#34; &lt;'],
    ['spaces at both ends', '  a  ', '  a  '],
    ['what looks like a number', '007.10', '007.10'],
  ])('keeps %s', (_what, written, key) => {
    const root = read(`<Delete xmlns="http://x/"><Object><Key>${written}</Key></Object></Delete>`);
    expect(children(root, 'Object').map(object => childText(object, 'Key'))).toEqual([key]);
  });

  it('reads back what the server itself writes', () => {
    const key = 'a<b>&"c\'\r\n\t\u0001😀 &amp; &#34;';
    const root = read(`<Delete><Object><Key>${escapeXml(key)}</Key></Object></Delete>`);
    expect(children(root, 'Object').map(object => childText(object, 'Key'))).toEqual([key]);
  });

  it('reads 10,000 parts, each with references', () => {
    const part = '<Object><Key>&#34;d41d8cd98f00b204e9800998ecf8427e&#34;</Key></Object>';
    expect(children(read(`<Delete>${part.repeat(10_000)}</Delete>`), 'Object')).toHaveLength(10_000);
  });

  it('refuses names that XML does not have', () => {
    const root = read('<Delete><Quiet>&copy;</Quiet></Delete>');
    expect(() => childText(root, 'Quiet')).toThrow('&copy; is not known');
  });

  it.each([
    ['a cut document', '<Delete><Object>'],
    ['another root', '<Remove/>'],
    ['text', 'hello'],
    ['nothing', ''],
    ['a CDATA section', '<Delete><![CDATA[a]]></Delete>'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><Delete>&b;</Delete>'],
  ])('refuses %s', (_what, xml) => {
    expect(() => read(xml)).toThrow(expect.objectContaining({ code: 'MalformedXML' }) as Error);
  });
});
