/**
 * The configuration or environment cannot be used. `message` is one sentence with the place, the reason and what to do; an
 * app prints it and ends with `exitCode` (EX_CONFIG of sysexits.h, so that a supervisor knows that a restart won't help).
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly exitCode = 78;
}
