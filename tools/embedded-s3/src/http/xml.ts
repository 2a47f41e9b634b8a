const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML content. Control characters become references so that a key such as "a\r" survives the parser. */
export function escapeXml(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    /[&<>"\u0000-\u001f\u007f]/g,
    character => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

/** An element that holds text; nothing at all when there is no value. */
export function text(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** An element that holds elements. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole answer document. */
export function document(name: string, ...children: readonly string[]): string {
  return `${declaration}<${name} xmlns="${namespace}">${children.join('')}</${name}>`;
}

/** An error document: S3 gives it no namespace. */
export const errorDocument = (...children: readonly string[]): string =>
  declaration + element('Error', ...children);
