/**
 * The walls of the house (docs/decisions/0002): which workspace packages and which outside packages a folder may
 * import. typescript-eslint's no-restricted-imports enforces the table; a relative path out of a package is refused by
 * import-x/no-relative-packages. `tools/lint/boundaries.spec.ts` shows each wall failing.
 */

/** Node's own modules that reach outside the process, or that wait. */
const ioModules = [
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'fs',
  'http',
  'http2',
  'https',
  'inspector',
  'net',
  'os',
  'process',
  'readline',
  'repl',
  'timers',
  'tls',
  'tty',
  'worker_threads',
];

/** Outside packages that have one home each. */
const homes = {
  prisma: ['@prisma/client', '@prisma/client/*', '@prisma/adapter-pg', 'prisma', '**/generated/**'],
  postgres: ['pg', 'pg/*'],
  bull: ['bull', 'bull/*', '@nestjs/bull', '@nestjs/bull/*', 'ioredis'],
  nest: ['@nestjs/*', '@nestjs/*/*'],
  aws: ['@aws-sdk/*', '@smithy/*'],
  ssh: ['ssh2', 'ssh2-sftp-client'],
  io: ioModules.flatMap(name => [`node:${name}`, `node:${name}/*`, name, `${name}/*`]),
  logger: ['pino'],
};

/** folder → workspace packages it may import, and the homes it may open. What is not listed is shut. */
export const walls = {
  'libs/domain': { packages: [], homes: [] },
  'libs/contract': { packages: [], homes: [] },
  'libs/content': { packages: ['contract'], homes: [] },
  'libs/config': { packages: ['contract', 'domain'], homes: ['io'] },
  'libs/transfer': { packages: ['contract', 'domain', 'landing'], homes: ['io'] },
  'libs/landing': { packages: ['contract', 'domain'], homes: ['aws', 'io'] },
  'libs/state': { packages: ['contract', 'domain'], homes: ['prisma', 'postgres', 'io'] },
  'libs/queue': { packages: ['contract', 'domain'], homes: ['bull', 'nest', 'io'] },
  'libs/ingest': { packages: ['contract', 'domain', 'landing', 'transfer', 'state'], homes: ['io'] },
  'libs/finalize': { packages: ['contract', 'domain', 'landing', 'state'], homes: ['io'] },
  'libs/deliver': { packages: ['contract', 'domain', 'landing', 'state'], homes: ['io'] },
  'libs/platform': {
    packages: ['config', 'contract', 'domain', 'queue', 'state'],
    homes: ['nest', 'io', 'logger'],
  },
  'libs/adapters/source-*': { packages: ['contract', 'domain'], homes: ['io', 'ssh'] },
  'libs/adapters/destination-*': { packages: ['content', 'contract', 'domain'], homes: ['io', 'ssh', 'aws'] },
  'libs/adapters/conformance': { packages: ['contract', 'domain'], homes: ['io', 'ssh', 'aws'] },
};

const packageNames = [
  'content',
  'config',
  'contract',
  'deliver',
  'domain',
  'finalize',
  'ingest',
  'landing',
  'platform',
  'queue',
  'state',
  'transfer',
  'source-watch-folder',
  'source-gopro',
  'source-sftp-inbox',
  'destination-s3',
  'destination-sftp',
  'destination-webhook',
  'conformance',
  'registry',
  'servers',
  'migrate',
  'start',
  'embedded-s3',
  'embedded-sftp',
  'bench',
];

/** What tests of a folder may open beside its own walls: the far ends that they look at behind the code's back. */
const testsMayOpen = {
  packages: [
    'conformance',
    'servers',
    'migrate',
    'embedded-s3',
    'embedded-sftp',
    'source-watch-folder',
    'destination-sftp',
  ],
  homes: ['io', 'aws', 'ssh', 'postgres', 'bull', 'nest'],
};

function restriction({ packages, homes: open }) {
  const shut = Object.entries(homes).filter(([home]) => !open.includes(home));
  return [
    ...shut.map(([home, group]) => ({
      group,
      message: `This folder may not import ${home} (tools/lint/boundaries.mjs).`,
      // A type costs nothing at run time: a contract may speak of a FileHandle without opening one.
      allowTypeImports: home === 'io',
    })),
    {
      group: packageNames.filter(name => !packages.includes(name)).map(name => `@waybill/${name}`),
      message: 'This package lies behind a wall (tools/lint/boundaries.mjs).',
    },
  ];
}

const rule = wall => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: restriction(wall) }],
});
const testFiles = ['spec', 'int', 'conformance'];

/** Flat-config entries: sources first, tests after them so that theirs win. */
export const boundaryConfigs = Object.entries(walls).flatMap(([folder, wall]) => [
  { files: [`${folder}/**/*.ts`], rules: rule(wall) },
  {
    files: [...testFiles.map(tier => `${folder}/**/*.${tier}.ts`), `${folder}/**/*-fixture.ts`],
    rules: rule({
      packages: [...wall.packages, ...testsMayOpen.packages],
      homes: [...wall.homes, ...testsMayOpen.homes],
    }),
  },
]);
