import { isIPv6 } from 'node:net';
import { loadSettings } from '../config/load-settings.ts';
import { describeError, isAbort, systemCode, UsageError } from '../core/errors.ts';
import { inSeconds, seconds } from '../core/units.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto health

Asks the device that runs here, with the same settings, whether it is well, and says so in one line.

Exit code 0 when it is, 1 when it is not or does not answer within 3 s.
`;

const PATIENCE = seconds(3);

/** `tyto health` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = readArguments('health', args, {});
  if (values.help === true) return void process.stdout.write(HELP);
  if (positionals.length > 0) throw new UsageError(`tyto health takes no arguments, got "${positionals.join(' ')}"`);
  const { web } = (await loadSettings()).values;
  const { healthy, words } = await askHealth(healthAddress(web), signal);
  process.stdout.write(`${words}\n`);
  if (!healthy) process.exitCode = 1;
}

/** Where the device answers from this very machine. */
export function healthAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  const reachable = REACHABLE.get(host) ?? host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}/healthz`;
}

/** "All addresses" is where one listens; it is asked at the machine's own. */
const REACHABLE: ReadonlyMap<string, string> = new Map([['0.0.0.0', '127.0.0.1'], ['::', '::1']]);

interface Health { readonly healthy: boolean; readonly words: string }

async function askHealth(address: string, signal: AbortSignal): Promise<Health> {
  try {
    const answer = await fetch(address, {
      redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
    const body = (await answer.text()).slice(0, 500).replaceAll(/\s+/g, ' ').trim();
    if (answer.ok) return { healthy: true, words: `healthy: ${body}` };
    return { healthy: false, words: `not healthy: ${address} answers ${answer.status}: ${body}` };
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    return { healthy: false, words: `not healthy: ${whyNot(error, address)}` };
  }
}

function whyNot(error: unknown, address: string): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `${address} does not answer within ${inSeconds(PATIENCE)} s`;
  if (error instanceof Error && systemCode(error.cause) === 'ECONNREFUSED')
    return `nothing listens at ${address}; a device that was started with TYTO_WEB_PORT is asked with the same`;
  return `${address}: ${describeError(error)}`;
}
