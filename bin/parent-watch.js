/** How often to look; a parent that is gone for less than this has left its child behind, as a killed `npx` does. */
const INTERVAL_MS = 500;

/**
 * Calls `stop` once when npm or npx, having started this process, is gone. They pass a signal on to the shell between
 * them and us, and that shell ends without a word to us: whoever stops `npx` means what it runs.
 * A process that was not started by npm may outlive its parent, as a service does.
 *
 * @param {() => void} stop
 */
export function whenNpmIsGone(stop) {
  if (process.env['npm_execpath'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, INTERVAL_MS);
  timer.unref();
}
