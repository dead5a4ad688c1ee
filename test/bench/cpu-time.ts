/** CPU seconds (user + system) of a command and all that it started and waited for, as the shell counts them. */
import { spawnSync } from 'node:child_process';

/**
 * Runs a command to its end, its output thrown away.
 * @throws {Error} When it fails; the message holds what it said.
 */
export function cpuSeconds(command: readonly [string, ...string[]]): number {
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@" > /dev/null';
  const env = { ...process.env, LC_ALL: 'C' };
  const run = spawnSync('bash', ['-c', script, 'bench', ...command], { encoding: 'utf8', env });
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(run.stderr) ?? [];
  if (run.status !== 0 || user === undefined || system === undefined) {
    throw new Error(`${command.join(' ')}: ${run.stderr.trim()}`);
  }
  return Number(user) + Number(system);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (below === undefined || above === undefined) throw new RangeError('a median needs a value');
  return (below + above) / 2;
}
