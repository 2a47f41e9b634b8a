import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { AdapterError } from '@waybill/contract';
import type { LandingSettings } from './landing-settings.ts';

/** Two clients over one configuration, with connections of their own. */
export interface S3Clients {
  readonly repeating: S3Client;
  readonly single: S3Client;
}

export function createClients(settings: LandingSettings): S3Clients {
  const config: S3ClientConfig = {
    region: settings.region,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    forcePathStyle: settings.forcePathStyle ?? settings.endpoint !== undefined,
    credentials: () => reveal(settings),
    // Checksums are computed in our own pass and sent as headers: no aws-chunked, which many stores refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With Expect: 100-continue the SDK opens a connection per request.
    expectContinueHeader: false,
    userAgentAppId: 'waybill',
  };
  const agent = { keepAlive: true, maxSockets: settings.maxSockets ?? 64 };
  const requestHandler = {
    connectionTimeout: settings.connectTimeout ?? 10_000,
    requestTimeout: settings.requestTimeout ?? 60 * 60_000,
    throwOnRequestTimeout: true,
    socketTimeout: settings.socketTimeout ?? 60_000,
    httpAgent: agent,
    httpsAgent: agent,
  };
  return {
    repeating: new S3Client({ ...config, requestHandler, maxAttempts: 3 }),
    single: new S3Client({ ...config, requestHandler, maxAttempts: 1 }),
  };
}

/** The client reads credentials again five minutes before they expire; these are read again after two seconds. */
const rereadAfterMs = 5 * 60_000 + 2_000;

/** A key that a person corrected works without a restart: the client would keep one that never expires for good. */
async function reveal(settings: LandingSettings) {
  try {
    return { ...(await settings.reveal()), expiration: new Date(Date.now() + rereadAfterMs) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AdapterError('unauthorized', `The landing's credentials cannot be read: ${reason}`, { cause });
  }
}
