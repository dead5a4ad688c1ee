/** What libraries set off by themselves, and nobody who runs the fleet can do anything about. */
const KNOWN: ReadonlySet<string> = new Set([
  'TimeoutNegativeWarning', // kafkajs waits for what is over already
  // Google's library looks whether this is a machine of Google's; what it fails at is told as an error
  'MetadataLookupWarning',
]);

/**
 * Google's library lays so many pipes on the answer to each single read that Node takes it for a leak. They go with the
 * answer; what is ours is told as ever.
 */
const isPipesOfGoogle = ({ name, stack = '' }: Error): boolean =>
  name === 'MaxListenersExceededWarning' && stack.includes('/node_modules/teeny-request/');

/** Keeps warnings of these kinds off the terminal; all others are printed as ever. */
export function quietWarnings(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (KNOWN.has(warning.name) || isPipesOfGoogle(warning)) return;
    for (const print of printers) print.call(process, warning);
  });
}
