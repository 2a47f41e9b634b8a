import { splitFilename } from '@waybill/domain';

/** What the files that Waybill is made for are called in HTTP (IANA media types). */
const byExtension: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.lrv': 'video/mp4',
  '.360': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mxf': 'application/mxf',
  '.mkv': 'video/matroska',
  '.avi': 'video/vnd.avi',
  '.wav': 'audio/vnd.wave',
  '.mp3': 'audio/mpeg',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gpr': 'image/x-gopro-gpr',
  '.thm': 'image/jpeg',
  '.pdf': 'application/pdf',
  '.csv': 'text/csv',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
  '.tar': 'application/x-tar',
};

/** The media type of a filename; `application/octet-stream` where the extension tells nothing. */
export function contentTypeOf(filename: string): string {
  return byExtension[splitFilename(filename).ext.toLowerCase()] ?? 'application/octet-stream';
}
