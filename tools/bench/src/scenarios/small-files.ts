import { writeRandomFile } from '../file-set.ts';
import { sizeText } from '../report/texts.ts';
import type { Scenario } from './scenario.ts';

/** Many files, each so small that what is done once a file counts. */
export const smallFiles: Scenario = {
  name: 'small-files',
  title: ({ files, smallSize }) => `${files.toLocaleString('en')} files of ${sizeText(smallSize)}`,
  async prepare(folder, { files: count, smallSize }) {
    const files = new Map<string, number>();
    let sample = { path: '', sha256: '' };
    for (let index = 0; index < count; index += 1) {
      const path = `small-${String(index).padStart(6, '0')}.bin`;
      sample = { path, sha256: await writeRandomFile(folder, path, smallSize) };
      files.set(path, smallSize);
    }
    return { folder, files, sample };
  },
};
