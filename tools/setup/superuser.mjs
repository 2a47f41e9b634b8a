import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from './problem.mjs';

const isRoot = () => process.getuid?.() === 0;

/** Whether commands can be run as root without asking anybody. */
export async function canBeRoot() {
  if (isRoot()) return true;
  return promisify(execFile)('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  );
}

/** Says that the tests need root, and stops where they can't have it. */
export async function checkSuperuser() {
  console.log(
    'npm test needs root or passwordless sudo: it installs the servers that the tests run against (OpenStack Swift, OpenSSH, Redis) with apt-get, and starts them on free ports of 127.0.0.1 for the time of the run.',
  );
  if (await canBeRoot()) return;
  throw new Problem(
    'You are neither root nor allowed to use sudo without a password; run npm test as root, or let this user use sudo without a password on this machine.',
  );
}
