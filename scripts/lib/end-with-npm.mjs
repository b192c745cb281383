const CHECK_MS = 250;

/**
 * Sends this process SIGTERM when npm, which started it, is gone. npm passes a signal on to the shell
 * between the two, and that dies without telling anyone: the server would go on, orphaned.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  timer.unref();
}
