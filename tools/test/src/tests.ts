/**
 * `npm test`: format, lint, types, then Jest's three tiers, with Postgres, Redis, Swift and OpenSSH running. The last
 * line is `N passed, N failed`; the exit code is 1 unless everything passed. `npm test -- --only spec` narrows it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebianPackages, startTestServers, testPackages } from '@waybill/servers';
import { readOptions } from './options.ts';
import { isGreen, summary, verdict, type Outcome } from './outcome.ts';
import { writeServersFile } from './servers-file.ts';
import { steps, type Stage } from './steps.ts';
import { untilInterrupted } from './until-interrupted.ts';

// Tests plant files that the users of Postgres and OpenSSH read, whatever umask this was started with.
process.umask(0o022);
const { only, jestArguments } = readOptions(process.argv.slice(2));
const chosen = steps.filter(step => only.length === 0 || only.includes(step.group));
const interruption = new AbortController();
void untilInterrupted().then(signal => interruption.abort(signal));

const folder = await mkdtemp(join(tmpdir(), 'waybill-test-run-'));
const serversFile = join(folder, 'test-servers.json');
const stage: Stage = { folder, signal: interruption.signal, jestArguments, serversFile };
const outcomes: Outcome[] = [];
let stopServers = async (): Promise<void> => undefined;

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function startServers(): Promise<void> {
  console.log('\n— servers: Postgres, Redis, Swift, OpenSSH');
  try {
    await installDebianPackages(testPackages);
    const { servers, stop } = await startTestServers();
    stopServers = stop;
    await writeServersFile(serversFile, servers);
    outcomes.push(verdict('servers', true));
  } catch (error) {
    console.error(sentence(error));
    outcomes.push(verdict('servers', false, sentence(error)));
  }
}

try {
  let serversTried = false;
  for (const step of chosen) {
    if (interruption.signal.aborted) break;
    if (step.needsServers && !serversTried) {
      serversTried = true;
      await startServers();
    }
    console.log(`\n— ${step.name}`);
    // A step that breaks is a failed step: the next ones still run, and fail by themselves where they miss something.
    outcomes.push(
      await step.run(stage).catch((error: unknown) => verdict(step.name, false, sentence(error))),
    );
  }
} finally {
  await stopServers().catch((error: unknown) => {
    outcomes.push(verdict('servers stopped', false, sentence(error)));
  });
  await rm(folder, { recursive: true, force: true });
}
if (interruption.signal.aborted) {
  outcomes.push(verdict('whole run', false, `interrupted by ${String(interruption.signal.reason)}`));
}
console.log(`\n${summary(outcomes)}`);
process.exit(isGreen(outcomes) ? 0 : 1);
