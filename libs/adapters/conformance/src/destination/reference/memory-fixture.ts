import type { DestinationFixture } from '../destination-fixture.ts';
import { MemoryDestination, memoryDeadline } from './memory-destination.ts';
import { MemoryFarEnd } from './memory-far-end.ts';

/** A fixture around the reference destination, or around a rogue made of it. */
export function memoryFixture(
  make: (far: MemoryFarEnd) => MemoryDestination = far => new MemoryDestination(far),
): DestinationFixture {
  const far = new MemoryFarEnd();
  return {
    adapter: make(far),
    trouble: far,
    largeSize: 500_000,
    silenceLimit: memoryDeadline * 5,
    read: async key => far.files.get(key),
    list: async () => [...far.files.keys()],
    put: async (key, bytes) => far.write(key, bytes),
    stamp: async key => far.stamp(key),
    dispose: async () => undefined,
  };
}
