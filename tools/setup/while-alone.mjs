import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './root.mjs';

const folder = join(root, '.waybill');
const lock = join(folder, 'setup.lock');

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A link makes the lock whole or not at all: a lock without its holder's number would never be freed. */
async function take() {
  const draft = `${lock}.${process.pid}`;
  await writeFile(draft, String(process.pid));
  try {
    await link(draft, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Does the work while no other command sets up this checkout: two `npm ci` at once would destroy each other's packages.
 * The lock of a process that is gone does not count.
 */
export async function whileAlone(work) {
  await mkdir(folder, { recursive: true });
  for (let told = false; !(await take());) {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true });
    else if (!told) {
      told = true;
      console.log(`Waybill set-up: waiting for another set-up of this checkout (process ${holder}) …`);
    }
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
