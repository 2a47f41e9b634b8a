import { pathToFileURL } from 'node:url';

/**
 * Goes on as another program, in this very process: the terminal, signals and the exit code are its own, and no parent
 * is left that could die without it.
 */
export async function runModule(file, args) {
  process.argv.splice(1, Infinity, file, ...args);
  await import(pathToFileURL(file).href);
}
