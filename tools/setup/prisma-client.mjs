import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf, forget, isRecorded, record } from './fingerprint.mjs';
import { Problem } from './problem.mjs';
import { root } from './root.mjs';
import { runTool } from './run-tool.mjs';

const done = 'node_modules/.cache/waybill/prisma-client';
const client = join(root, 'libs', 'state', 'src', 'generated', 'client.ts');

const exists = path =>
  access(path).then(
    () => true,
    () => false,
  );

/** Generates Prisma's client, only when the schema or Prisma changed or the client is missing. */
export async function generatePrismaClient() {
  const fingerprint = await fingerprintOf(['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json']);
  if ((await isRecorded(done, fingerprint)) && (await exists(client))) return;
  console.log('Waybill set-up: generating the database client (prisma generate) …');
  await forget(done);
  const stub = (await exists('/bin/true')) ? '/bin/true' : '/usr/bin/true';
  const env = {
    // `generate` never runs the schema engine, but would download it. For this one command only: with the same stub,
    // `migrate deploy` would print success and apply nothing.
    PRISMA_SCHEMA_ENGINE_BINARY: stub,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const cli = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  try {
    await runTool(process.execPath, [cli, 'generate', '--no-hints'], env);
  } catch (cause) {
    throw new Problem(
      `The database client could not be generated (prisma generate: ${cause.message}; its own lines above say why).`,
      { cause },
    );
  }
  await record(done, fingerprint);
}
