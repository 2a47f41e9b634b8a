import { receiveBody } from '../body/receive-body.ts';
import type { ReceivedBody } from '../body/receive-body.ts';
import type { ChecksumAlgorithm } from '../checksum/algorithms.ts';
import type { Exchange } from '../http/exchange.ts';

/** The most that one PutObject or UploadPart takes, in bytes: S3's own limit. */
const maxBytes = 5 * 1024 ** 3;

/**
 * Streams the body into a new data file and, once every check holds and it lies on the disk, hands it to `keep`,
 * which names it. When anything fails the file goes.
 */
export async function storeBody(
  { request, authorization, store }: Exchange,
  alsoCompute: ChecksumAlgorithm | undefined,
  keep: (body: ReceivedBody & { readonly file: string }) => Promise<void>,
): Promise<void> {
  const writer = await store.data.create();
  try {
    let body: ReceivedBody;
    try {
      body = await receiveBody(request, authorization, bytes => writer.write(bytes), {
        maxBytes,
        alsoCompute,
      });
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    await keep({ ...body, file: writer.file });
  } catch (error) {
    await store.data.discard([writer.file]);
    throw error;
  }
}
