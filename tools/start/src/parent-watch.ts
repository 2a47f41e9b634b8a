/** How often is looked, in milliseconds. */
const lookEveryMs = 500;

/** Calls `gone` once when the process that started this one has ended: whoever inherits us is another parent. */
export function onParentGone(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, lookEveryMs);
  timer.unref();
}
