import { scrubText } from '@waybill/platform';

/** Why something stands still, for a person. */
export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string | null;
}

/** The error of a row; null where there is none. Far sides word parts of it, so what looks like a secret is masked. */
export function errorJson(row: {
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly errorNextStep: string | null;
}): ErrorJson | null {
  const { errorCode: code, errorMessage, errorNextStep: next } = row;
  if (code === null) return null;
  return { code, message: scrubText(errorMessage ?? code), nextStep: next === null ? null : scrubText(next) };
}
