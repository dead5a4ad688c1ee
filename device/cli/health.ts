import { isIPv6 } from 'node:net';
import { loadSettings } from '../config/load-settings.ts';
import { describeError, isAbort, systemCode, UsageError } from '../core/errors.ts';
import { inSeconds, seconds } from '../core/units.ts';
import { readPageAddress, type PageAddress } from '../page-address.ts';
import { print } from '../runtime/print.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto health [--alive]

Asks the device whose data folder this is (TYTO_DATA, ./data by default) whether it is well, and says so in one line.
The device has written down there where it answers; TYTO_WEB_PORT and TYTO_WEB_HOST, where they are set, win.

  --alive   is content with a device that is degraded: for whoever starts anew what is not well

Exit code 0 when all is well; 69 when it is degraded: it runs, and what should be recorded is not (a full disk, a
camera that is away), which starting it anew does not change; 1 when it is failing or does not answer within 3 s.
`;

const PATIENCE = seconds(3);

/** `tyto health` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = readArguments('health', args, { alive: { type: 'boolean' } });
  if (values.help === true) return void print(HELP);
  if (positionals.length > 0) throw new UsageError(`tyto health takes no arguments, got "${positionals.join(' ')}"`);
  const { code, words } = await askHealth(healthAddress(await whereItAnswers()), signal);
  print(`${words}\n`);
  process.exitCode = code === DEGRADED && values.alive === true ? 0 : code;
}

/** What is asked for here, or else what the device has written down, or else what its settings would make of it. */
async function whereItAnswers(): Promise<PageAddress> {
  const { values: { web }, given, data } = await loadSettings();
  const noted = await readPageAddress(data) ?? web;
  const isAsked = (key: string): boolean => given.get(key)?.origin === 'environment';
  return { host: isAsked('web.host') ? web.host : noted.host, port: isAsked('web.port') ? web.port : noted.port };
}

/** As in `sysexits.h`: something outside must recover first. */
const DEGRADED = 69;

/** Where the device answers from this very machine. */
export function healthAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  const reachable = REACHABLE.get(host) ?? host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}/healthz`;
}

/** "All addresses" is where one listens; it is asked at the machine's own. */
const REACHABLE: ReadonlyMap<string, string> = new Map([['0.0.0.0', '127.0.0.1'], ['::', '::1']]);

interface Verdict { readonly code: 0 | 1 | typeof DEGRADED; readonly words: string }

async function askHealth(address: string, signal: AbortSignal): Promise<Verdict> {
  try {
    const answer = await fetch(address, {
      redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
    const body = (await answer.text()).replaceAll(/\s+/g, ' ').trim();
    return verdictOf(body) ?? { code: 1, words: `failing: ${address} answers ${answer.status}: ${body.slice(0, 500)}` };
  } catch (error) {
    if (isAbort(error, signal)) throw error;
    return { code: 1, words: `failing: ${whyNot(error, address)}` };
  }
}

/** @returns Undefined for what no device of ours would say. */
function verdictOf(body: string): Verdict | undefined {
  const { status, loss, silentSeconds } = fieldsOf(body);
  switch (status) {
    case 'ok': return { code: 0, words: 'ok' };
    case 'degraded': return { code: DEGRADED, words: `degraded, nothing is recorded: ${String(loss)}` };
    case 'failing': return { code: 1, words: `failing: the camera's process ${typeof silentSeconds === 'number'
      ? `has said nothing for ${silentSeconds} s` : 'has not spoken since the start'}` };
    default: return undefined;
  }
}

/** Of a JSON object; none of anything else. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function whyNot(error: unknown, address: string): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `${address} does not answer within ${inSeconds(PATIENCE)} s`;
  if (error instanceof Error && systemCode(error.cause) === 'ECONNREFUSED')
    return `nothing listens at ${address}; either the device does not run, or TYTO_DATA names another one's folder`;
  return `${address}: ${describeError(error)}`;
}
