/** The process around an app: what runApp takes from the outside and does to it. */
export interface AppProcess {
  onSignal(listener: (signal: string) => void): void;
  onFatal(listener: (error: unknown, kind: 'uncaughtException' | 'unhandledRejection') => void): void;
  tell(sentence: string): void;
  exit(code: number): void;
}

/** The real one. */
export const nodeProcess: AppProcess = {
  onSignal(listener) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => listener(signal));
  },
  onFatal(listener) {
    process.on('uncaughtException', error => listener(error, 'uncaughtException'));
    process.on('unhandledRejection', error => listener(error, 'unhandledRejection'));
  },
  tell(sentence) {
    process.stderr.write(`${sentence}\n`);
  },
  exit(code) {
    process.exit(code);
  },
};
