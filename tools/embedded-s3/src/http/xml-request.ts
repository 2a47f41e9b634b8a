import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from '../s3-error.ts';

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  // decodeXml does it: the parser leaves out numeric references, which Go clients write, and caps how many there are.
  processEntities: false,
  // Lists of one entry look like lists of many.
  isArray: name => name === 'Part' || name === 'Object',
});

/** A node of a request document: text, or elements by name. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] | undefined };

const malformed = (why: string) =>
  new S3Error('MalformedXML', `The XML of the request was not well-formed or not as expected: ${why}.`);

/** The content of the root element `root` of a request body. Throws MalformedXML. */
export function readXml(body: Buffer, root: string): XmlNode {
  const source = body.toString('utf8');
  // Entity declarations are never needed here and are how XML bombs are built.
  if (source.includes('<!')) throw malformed('document types, comments and CDATA sections are not accepted');
  if (XMLValidator.validate(source) !== true) throw malformed('it does not parse');
  const parsed = parser.parse(source) as Record<string, XmlNode | undefined>;
  const node = parsed[root];
  if (node === undefined) throw malformed(`its root is not ${root}`);
  return node;
}

/** The elements called `name`; none when there are none. */
export function children(node: XmlNode, name: string): readonly XmlNode[] {
  if (typeof node === 'string') return [];
  const value = node[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly XmlNode[]) : [value as XmlNode];
}

/** The text of the one element called `name`; undefined when it is not there. Throws MalformedXML when it holds elements or repeats. */
export function childText(node: XmlNode, name: string): string | undefined {
  const found = children(node, name);
  if (found.length === 0) return undefined;
  const [only] = found;
  if (found.length > 1 || typeof only !== 'string')
    throw malformed(`${name} must be there once and hold text`);
  return decodeXml(only);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The characters behind `&…;` (XML 1.0, 4.1 and 4.6). Throws MalformedXML for a name that XML does not have. */
function decodeXml(written: string): string {
  return written.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    const code = typeof hex === 'string' ? parseInt(hex, 16) : Number(decimal);
    const character = typeof name === 'string' ? named[name] : code <= 0x10ffff && String.fromCodePoint(code);
    if (typeof character === 'string') return character;
    throw malformed(`${String(whole)} is not known`);
  });
}
