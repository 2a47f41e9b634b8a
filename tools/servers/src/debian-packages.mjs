/**
 * Debian packages for the set-up and for tests. Plain JavaScript, since the set-up uses it before anything is installed.
 */
import { execFile, spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const policy = '/usr/sbin/policy-rc.d';
const root = () => (process.getuid?.() === 0 ? [] : ['sudo', '-n']);

const exists = path =>
  access(path).then(
    () => true,
    () => false,
  );

async function isInstalled(name) {
  try {
    const { stdout } = await run('dpkg-query', ['-W', '-f=${db:Status-Status}', name]);
    return stdout === 'installed';
  } catch {
    // dpkg-query fails for a package that it has never heard of.
    return false;
  }
}

/** Runs a command as root; rejects with the end of what it wrote. */
function asRoot(command, args, input = '') {
  const [program, ...rest] = [...root(), command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const keep = text => (output = (output + text).slice(-1500));
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', reject);
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(output.trim().split('\n').slice(-3).join(' '))),
    );
  });
}

const policyText = `#!/bin/sh\n# Made by Waybill's set-up, process ${process.pid}, and removed when it is done.\nexit 101\n`;

/** The policy file of a set-up that was killed before it could remove it; somebody else's file is left alone. */
async function removeOrphanedPolicy() {
  const text = await readFile(policy, 'utf8').catch(() => '');
  const maker = /Made by Waybill's set-up, process (\d+)/.exec(text)?.[1];
  if (maker !== undefined && !(await exists(`/proc/${maker}`))) await asRoot('rm', ['-f', policy]);
}

/** A package's own service (sshd on port 22, Redis on 6379) is never started by us: Debian asks this file. */
async function withoutServices(work) {
  if (await exists(policy)) return work();
  await asRoot('sh', ['-c', `cat > ${policy} && chmod 755 ${policy}`], policyText);
  try {
    return await work();
  } finally {
    await asRoot('rm', ['-f', policy]);
  }
}

export async function installDebianPackages(names) {
  await removeOrphanedPolicy();
  const known = await Promise.all(names.map(isInstalled));
  const missing = names.filter((_, index) => !known[index]);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  try {
    await withoutServices(async () => {
      const env = ['DEBIAN_FRONTEND=noninteractive'];
      const install = [
        'apt-get',
        'install',
        '-y',
        '--no-install-recommends',
        '-o',
        'DPkg::Lock::Timeout=120',
        ...missing,
      ];
      await asRoot('env', [...env, 'apt-get', 'update', '-o', 'DPkg::Lock::Timeout=120']);
      await asRoot('env', [...env, ...install]);
    });
  } catch (cause) {
    throw new Error(
      `The Debian packages ${list} could not be installed (${cause.message}); install them by hand: apt-get install ${list}`,
      { cause },
    );
  }
}
