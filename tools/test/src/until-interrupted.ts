/** Resolves with the signal's name when somebody wants this process to end: Ctrl-C, SIGTERM, a closed terminal. */
export const untilInterrupted = (): Promise<NodeJS.Signals> =>
  new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
