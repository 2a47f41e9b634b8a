import { AdapterError } from '@waybill/contract';

/**
 * The store no longer knows a multipart upload in which parts are being sent (aborted by a lifecycle rule or a person, or
 * completed). Passing: the transfer opens another upload.
 */
export class UploadGoneError extends AdapterError {
  constructor(
    readonly uploadId: string,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super('unreachable', message, options);
  }
}
