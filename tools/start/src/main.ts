import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockHome, untilAbandonedLockIsFree } from './home-lock.ts';
import { openHome } from './home-folder.ts';
import { onParentGone } from './parent-watch.ts';
import { StartError, sentenceOf } from './start-error.ts';
import { startSettings } from './start-settings.ts';
import { startWaybill } from './start-waybill.ts';
import { Supervisor } from './supervisor.ts';

/** The bundle is dist/tools/start/main.js of the checkout. */
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
/** Longest stop, in milliseconds: 20 s are promised (design, section 7). */
const stopLimitMs = 19_500;

const tell = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
// A terminal that was closed takes no more words; that is no reason to die without stopping the children.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const supervisor = new Supervisor();
/** Undoes what tells others that Waybill runs in this home. */
let leaveHome = (): void => undefined;
let ending = false;
let endingSince = 0;
/** Ctrl-C reaches us twice: from the terminal, and once more from npm. Only a later one is impatience, in milliseconds. */
const sameCtrlCMs = 1_000;

/** Stops everything once and ends the process; a second wish to end does not wait. */
function end(code: number, sentence?: string): void {
  if (sentence !== undefined && !ending) process.stderr.write(`${sentence}\n`);
  if (ending) return;
  ending = true;
  endingSince = performance.now();
  const leave = (exitCode: number): void => {
    leaveHome();
    process.exit(exitCode);
  };
  setTimeout(() => leave(1), stopLimitMs);
  supervisor.stop().then(
    () => leave(code),
    (error: unknown) => {
      process.stderr.write(`Waybill did not stop in order: ${sentenceOf(error)}\n`);
      leave(1);
    },
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The last group of the exit handlers kills what is still there.
    const impatient = ending && performance.now() - endingSince > sameCtrlCMs;
    if (impatient && signal === 'SIGINT') process.exit(1);
    if (!ending) tell('Stopping …');
    end(0);
  });
}
process.on('uncaughtException', error => end(1, `npm start failed: ${error.stack ?? sentenceOf(error)}`));

// npm that is killed with SIGKILL can't pass it on: nobody could stop us by Ctrl-C any more.
if (process.env['npm_lifecycle_event'] === 'start') {
  onParentGone(() => end(1, 'npm was killed: Waybill stops.'));
}

try {
  const settings = startSettings(process.env, root, process.cwd());
  const home = openHome(settings.home);
  await untilAbandonedLockIsFree(home.path, tell);
  const unlock = lockHome(home.path);
  leaveHome = () => {
    rmSync(home.ready, { force: true });
    unlock();
  };
  // One that a killed supervisor left tells of processes that are gone.
  rmSync(home.ready, { force: true });
  const onRefused = (refusal: Error): void => end(1, sentenceOf(refusal));
  await startWaybill({ settings, home, supervisor, env: process.env, tell, onRefused });
} catch (error) {
  end(1, error instanceof StartError ? error.message : `npm start failed: ${sentenceOf(error)}`);
}
