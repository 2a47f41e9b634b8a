import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { boundaryConfigs, walls } from './boundaries.mjs';

/** The walls alone, without type information: the texts below are no files of the checkout. */
const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { '@typescript-eslint': tseslint.plugin },
    },
    ...boundaryConfigs,
  ] as never,
});

/** What lint says about one line in a file of this folder. */
async function complaints(file: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: file });
  return result?.messages.map(({ message }) => message) ?? [];
}

describe('an import through a wall fails lint', () => {
  it.each([
    [
      'an adapter that imports Nest',
      'libs/adapters/destination-sftp/src/x.ts',
      "import { Inject } from '@nestjs/common';",
    ],
    [
      'an adapter that imports Prisma',
      'libs/adapters/destination-s3/src/x.ts',
      "import { PrismaClient } from '@prisma/client';",
    ],
    [
      'an adapter that imports Bull',
      'libs/adapters/source-watch-folder/src/x.ts',
      "import Bull from 'bull';",
    ],
    [
      'an adapter that imports a logger',
      'libs/adapters/destination-sftp/src/x.ts',
      "import { pino } from 'pino';",
    ],
    [
      'an adapter that imports another adapter',
      'libs/adapters/destination-sftp/src/x.ts',
      "import { x } from '@waybill/destination-s3';",
    ],
    [
      'an adapter that imports the state',
      'libs/adapters/source-watch-folder/src/x.ts',
      "import { x } from '@waybill/state';",
    ],
    ['the domain that reads files', 'libs/domain/src/x.ts', "import { readFile } from 'node:fs/promises';"],
    ['the domain that opens sockets', 'libs/domain/src/x.ts', "import { connect } from 'node:net';"],
    ['the domain that knows the database', 'libs/domain/src/x.ts', "import { Client } from 'pg';"],
    [
      'the contract that knows S3',
      'libs/contract/src/x.ts',
      "import { S3Client } from '@aws-sdk/client-s3';",
    ],
    ['the ingest library that knows Bull', 'libs/ingest/src/x.ts', "import Bull from 'bull';"],
    ['the finalizer that asks the database itself', 'libs/finalize/src/x.ts', "import pg from 'pg';"],
    [
      'a generated client outside the state',
      'libs/deliver/src/x.ts',
      "import { x } from '../../state/src/generated/client.ts';",
    ],
  ])('%s', async (_what, file, line) => {
    const found = await complaints(file, line);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('tools/lint/boundaries.mjs');
  });
});

describe('what a folder needs passes lint', () => {
  it.each([
    [
      'an adapter that imports the contract',
      'libs/adapters/destination-sftp/src/x.ts',
      "import { x } from '@waybill/contract';",
    ],
    [
      'the SFTP adapter that imports ssh2',
      'libs/adapters/destination-sftp/src/x.ts',
      "import { Client } from 'ssh2';",
    ],
    [
      'the S3 adapter that imports the SDK',
      'libs/adapters/destination-s3/src/x.ts',
      "import { S3Client } from '@aws-sdk/client-s3';",
    ],
    [
      'a contract that names a type of node:fs',
      'libs/contract/src/x.ts',
      "import type { Stats } from 'node:fs';",
    ],
    [
      'the state that imports Prisma',
      'libs/state/src/x.ts',
      "import { PrismaPg } from '@prisma/adapter-pg';",
    ],
    [
      "a test that looks behind an adapter's back",
      'libs/adapters/destination-sftp/src/x.int.ts',
      "import pg from 'pg';",
    ],
    [
      'a test that asks for servers',
      'libs/adapters/destination-sftp/src/x.int.ts',
      "import { x } from '@waybill/servers';",
    ],
  ])('%s', async (_what, file, line) => {
    expect(await complaints(file, line)).toEqual([]);
  });
});

describe('every wall of the table', () => {
  const samples: Record<string, string> = {
    prisma: '@prisma/client',
    postgres: 'pg',
    bull: 'bull',
    nest: '@nestjs/core',
    aws: '@aws-sdk/client-s3',
    ssh: 'ssh2',
    io: 'node:child_process',
    logger: 'pino',
  };

  it.each(Object.entries(walls))('%s opens the homes that it lists and no other', async (folder, wall) => {
    const file = `${folder.replace('*', 'x')}/src/x.ts`;
    const refused = [];
    for (const [home, sample] of Object.entries(samples)) {
      if ((await complaints(file, `import x from '${sample}';`)).length > 0) refused.push(home);
    }
    expect(refused).toEqual(Object.keys(samples).filter(home => !wall.homes.includes(home)));
  });
});
