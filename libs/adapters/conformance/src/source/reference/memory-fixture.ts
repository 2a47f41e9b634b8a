import type { SourceFixture } from '../source-fixture.ts';
import { MemorySource } from './memory-source.ts';
import { MemoryVolume } from './memory-volume.ts';

/** A fixture around the reference source, or around a rogue made of it. */
export function memorySourceFixture(
  make: (volume: MemoryVolume) => MemorySource = volume => new MemorySource(volume),
): SourceFixture {
  const volume = new MemoryVolume();
  return {
    adapter: make(volume),
    anew: () => make(volume),
    largeSize: 300_000,
    write: async (key, bytes) => void volume.files.set(key, volume.make(bytes)),
    append: async (key, bytes) => {
      const file = volume.at(key);
      file.bytes = Buffer.concat([file.bytes, bytes]);
      file.appends += 1;
    },
    overwrite: async (key, bytes) => {
      const file = volume.at(key);
      bytes.copy(file.bytes);
      file.overwrites += 1;
    },
    truncate: async (key, size) => {
      const file = volume.at(key);
      file.bytes = file.bytes.subarray(0, size);
    },
    rename: async (from, to) => {
      volume.move(from, to);
    },
    replace: async (key, bytes) => void volume.files.set(key, volume.make(bytes)),
    remove: async key => void volume.files.delete(key),
    link: async (from, to) => void volume.files.set(to, volume.at(from)),
    writeUnreadableName: async bytes => void volume.unreadable.set('caf\\xE9', volume.make(bytes)),
    breakFolder: async () => {
      volume.folderBroken = true;
    },
    hideRoot: async () => {
      volume.hidden = true;
    },
    dispose: async () => undefined,
  };
}
