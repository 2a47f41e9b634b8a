/** Picture, film or sound, by media type. MXF (RFC 4539) is a film under another name. */
export function isMedia(contentType: string): boolean {
  return /^(?:video|audio|image)\//.test(contentType) || contentType === 'application/mxf';
}
