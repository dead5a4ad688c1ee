/** Ends a program that was started in a process group of its own, with all that it started. */
export function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch { /* none of it lives */ }
}
