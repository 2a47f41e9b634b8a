import { join } from 'node:path';
import { buildApps } from './build-apps.mjs';
import { installDependencies } from './install-dependencies.mjs';
import { generatePrismaClient } from './prisma-client.mjs';
import { findOrInstallRedis } from './redis.mjs';
import { root } from './root.mjs';
import { runModule } from './run-module.mjs';
import { checkSuperuser } from './superuser.mjs';
import { whileAlone } from './while-alone.mjs';

const commands = {
  async start(args) {
    await whileAlone(async () => {
      await installDependencies();
      await generatePrismaClient();
      // A Redis of the user's own is used where it is; then none needs to be installed.
      if (!process.env.REDIS_URL) await findOrInstallRedis();
      await buildApps();
    });
    await runModule(join(root, 'dist', 'tools', 'start', 'main.js'), args);
  },
  /** A part of `npm test`: everything short of starting. */
  async build() {
    await whileAlone(async () => {
      await installDependencies();
      await generatePrismaClient();
      await buildApps();
    });
  },
  async test(args) {
    await checkSuperuser();
    await whileAlone(async () => {
      await installDependencies();
      await generatePrismaClient();
    });
    await runModule(join(root, 'tools', 'test', 'run.mjs'), ['tests', ...args]);
  },
};

/** Does the set-up that the command needs, then the command itself. A failure is one sentence and exit code 1. */
export async function setUp(name, args) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) {
    console.error('Say what to set up for: node tools/setup/setup.mjs start, test or build.');
    process.exit(2);
  }
  process.chdir(root);
  try {
    await command(args);
  } catch (error) {
    console.error(error.userMessage ?? error);
    process.exitCode = 1;
  }
}
