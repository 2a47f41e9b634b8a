import { writeRandomFile } from '../file-set.ts';
import { sizeText } from '../report/texts.ts';
import type { Scenario } from './scenario.ts';

/** One file, large enough that throughput alone counts. */
export const largeFile: Scenario = {
  name: 'large-file',
  title: ({ fileSize }) => `one file of ${sizeText(fileSize)}`,
  async prepare(folder, { fileSize }) {
    const path = 'large.bin';
    const sha256 = await writeRandomFile(folder, path, fileSize);
    return { folder, files: new Map([[path, fileSize]]), sample: { path, sha256 } };
  },
};
