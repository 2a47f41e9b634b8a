import { execFileSync } from 'node:child_process';
import { appendFile, link, mkdir, mkdtemp, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeSource } from '@waybill/conformance';
import { watchFolderSource } from './index.ts';

describeSource('a watch folder', async () => {
  const home = await mkdtemp(join(tmpdir(), 'watch-folder-'));
  const root = join(home, 'inbox');
  await mkdir(root);
  const at = (key: string) => join(root, key);
  const reveal = () => '';
  const anew = () =>
    watchFolderSource.create(watchFolderSource.config.parse({ path: root }), { name: 'inbox', reveal });
  const write = async (key: string, bytes: Buffer) => {
    await mkdir(dirname(at(key)), { recursive: true });
    await writeFile(at(key), bytes);
  };
  return {
    adapter: anew(),
    anew,
    largeSize: 5 * 1024 * 1024,
    write,
    append: (key, bytes) => appendFile(at(key), bytes),
    overwrite: async (key, bytes) => {
      await using file = await open(at(key), 'r+');
      await file.write(bytes, 0, bytes.length, 0);
    },
    truncate: (key, size) => truncate(at(key), size),
    rename: (from, to) => rename(at(from), at(to)),
    replace: async (key, bytes) => {
      await writeFile(join(home, 'next'), bytes);
      await rename(join(home, 'next'), at(key));
    },
    remove: key => rm(at(key)),
    link: (from, to) => link(at(from), at(to)),
    writeUnreadableName: bytes =>
      writeFile(Buffer.concat([Buffer.from(at('caf')), Buffer.from([0xe9])]), bytes),
    // Deeper than a path can be: unreadable for root as well, whom no permission stops.
    breakFolder: async () => {
      const name = JSON.stringify('d'.repeat(200));
      const down = `for (let i = 0; i < 25; i += 1) { fs.mkdirSync(${name}); process.chdir(${name}); }`;
      execFileSync(process.execPath, ['-e', down], { cwd: root });
    },
    hideRoot: () => rename(root, join(home, 'elsewhere')),
    dispose: async () => {
      execFileSync('rm', ['-rf', home]);
    },
  };
});
