import { runProgram } from './run-program.ts';

const shell = (script: string) => ({ command: '/bin/sh', args: ['-c', script], env: process.env });
const never = new AbortController().signal;
const burn = 'const until = Date.now() + 300; while (Date.now() < until); Buffer.alloc(64 * 1024 ** 2, 1)';

describe('runProgram', () => {
  it('counts the processor time and the memory of what the program started, too', async () => {
    const figures = await runProgram(
      shell(`'${process.execPath}' -e '${burn}; setTimeout(() => 0, 250)'; sleep 0.1`),
      never,
    );
    expect(figures.wall).toBeGreaterThan(0.6);
    expect(figures.cpu).toBeGreaterThan(0.1);
    expect(figures.cpu).toBeLessThan(figures.wall * 3);
    expect(figures.peak).toBeGreaterThan(64 * 1024 ** 2);
  });

  it('tells the words of a program that fails', async () => {
    await expect(runProgram(shell('echo no such bucket >&2; exit 3'), never)).rejects.toThrow(
      '/bin/sh ended with exit code 3: no such bucket',
    );
  });

  it('ends the program and what it started when it is interrupted', async () => {
    const interruption = new AbortController();
    const run = runProgram(shell('sleep 60 & sleep 60'), interruption.signal);
    setTimeout(() => interruption.abort(new Error('Interrupted.')), 50);
    await expect(run).rejects.toThrow('Interrupted.');
  });
});
