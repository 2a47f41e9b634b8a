import { checksumAlgorithms } from '../checksum/algorithms.ts';
import type { ChecksumAlgorithm } from '../checksum/algorithms.ts';
import { unquoted } from '../http/etag.ts';
import { childText, children } from '../http/xml-request.ts';
import type { XmlNode } from '../http/xml-request.ts';
import { notImplemented, S3Error } from '../s3-error.ts';
import type { UploadedPart } from '../store/manifest.ts';
import type { Upload } from '../store/uploads.ts';

/** A part as Complete names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** Base64, by algorithm. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
}

const known = new Set(['PartNumber', 'ETag', ...checksumAlgorithms.map(algorithm => `Checksum${algorithm}`)]);

/** The parts that the object shall have. Throws MalformedXML, InvalidPartOrder, 501 for a checksum we do not verify. */
export function readPartList(root: XmlNode): readonly NamedPart[] {
  const parts = children(root, 'Part').map(readPart);
  if (parts.length === 0 || parts.length > 10_000) {
    throw new S3Error('MalformedXML', 'A CompleteMultipartUpload names from 1 to 10,000 parts.');
  }
  for (const [index, part] of parts.entries()) {
    if (part.number <= (parts[index - 1]?.number ?? 0)) {
      throw new S3Error(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    }
  }
  return parts;
}

function readPart(node: XmlNode): NamedPart {
  const number = childText(node, 'PartNumber')?.trim() ?? '';
  const etag = childText(node, 'ETag');
  if (typeof node === 'string' || !/^\d{1,5}$/.test(number) || etag === undefined) {
    throw new S3Error('MalformedXML', 'A Part needs a PartNumber and an ETag.');
  }
  const strange = Object.keys(node).find(name => name !== '#text' && !known.has(name));
  if (strange !== undefined) throw notImplemented(`${strange} in a Part of CompleteMultipartUpload`);
  const checksums = new Map<ChecksumAlgorithm, string>();
  for (const algorithm of checksumAlgorithms) {
    const value = childText(node, `Checksum${algorithm}`);
    if (value !== undefined) checksums.set(algorithm, value);
  }
  return { number: Number(number), etag: unquoted(etag), checksums };
}

/** The uploaded part that is meant. Throws InvalidPart when there is none with that ETag and checksum. */
export function choosePart(upload: Upload, named: NamedPart): UploadedPart {
  const part = upload.parts.get(named.number);
  const differs = [...named.checksums].some(([algorithm, value]) => part?.checksums[algorithm] !== value);
  if (part === undefined || part.md5 !== named.etag || differs) {
    throw new S3Error(
      'InvalidPart',
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag or checksum may not match the part's.",
      { UploadId: upload.id, PartNumber: String(named.number), ETag: named.etag },
    );
  }
  const { checksum } = upload;
  if (checksum?.type === 'COMPOSITE' && !named.checksums.has(checksum.algorithm)) {
    const name = checksum.algorithm.toLowerCase();
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using a ${name} checksum. The complete request must include the checksum for each part. It was missing for part ${named.number} in the request.`,
    );
  }
  return part;
}
