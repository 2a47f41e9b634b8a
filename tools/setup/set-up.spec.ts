import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingFrom } from './complete-lock.mjs';
import { nodeVersionProblem } from './node-version.mjs';

describe('the set-up', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.3'])('takes Node %s', version => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  it.each(['18.20.4', '20.18.9', '21.7.3', '22.11.0', '23.11.0'])(
    'refuses Node %s in one sentence',
    version => {
      const problem = nodeVersionProblem(version);
      expect(problem).toContain(`this is Node ${version}`);
      expect(problem).toContain('install a newer one');
    },
  );

  it('finds a lock file that npm ci would accept: no optional package without an entry', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
    expect(missingFrom(JSON.parse(text) as Parameters<typeof missingFrom>[0])).toEqual([]);
  });

  it('notices an optional package that npm left out of the lock file', () => {
    const a = {
      version: '1.0.0',
      optionalDependencies: { '@a/linux-x64': '1.0.0', '@a/darwin-arm64': '1.0.0' },
    };
    const packages = { 'node_modules/a': a, 'node_modules/@a/linux-x64': { version: '1.0.0' } };
    expect(missingFrom({ packages }).map(({ name }) => name)).toEqual(['@a/darwin-arm64']);
  });
});
