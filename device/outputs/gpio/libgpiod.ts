/**
 * Pins by libgpiod's command line tools: they need nothing but `/dev/gpiochipN`, on any board. Versions 1
 * (Debian 12) and 2 (Debian 13) differ in their options. A pin keeps its level only while the program that
 * set it lives: each is held by one.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { readdir, readlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError, DeviceError, systemCode } from '../../core/errors.ts';
import { seconds } from '../../core/units.ts';
import { killGroup } from '../kill-group.ts';
import type { StartProgram } from '../parts.ts';
import type { InputWire, OutputPin, PinDriver, Wire } from './driver.ts';

export interface GpioTools {
  /** Folder of the tools; empty for the search path. */
  readonly folder?: string;
  /** Whatever it starts ends with this process: a pin that nobody guards is let go. */
  readonly start: StartProgram;
}

/** Tries out whether the tools are there. @throws {DeviceError} `gpio.no-tools` */
export async function openLibgpiod({ folder = '', start }: GpioTools): Promise<PinDriver> {
  const tool = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const said = await run(tool('gpioset'), ['--version']).catch((cause: unknown) => {
    throw new DeviceError(
      'gpio.no-tools', 'the tools of libgpiod are not there; type: sudo apt-get install gpiod', { cause },
    );
  });
  const [, version = '', major = ''] = /\bv((\d+)\.\d+(?:\.\d+)?)/.exec(said) ?? [];
  const dialect = DIALECTS[major];
  if (dialect === undefined)
    throw new DeviceError(
      'gpio.no-tools',
      `the tools of libgpiod must be of version 1 or 2, these say: ${said.split('\n', 1)[0]?.slice(0, 80)}`,
    );
  return {
    name: `libgpiod ${version}`,
    output: (wire) => HeldPin.open(tool('gpioset'), { dialect, start }, wire),
    watch: (wire, onLevel, signal) => watch(tool, { dialect, start }, { wire, onLevel }, signal),
  };
}

interface Dialect {
  readonly set: (wire: Wire, on: boolean) => readonly string[];
  readonly get: (wire: InputWire) => readonly string[];
  readonly monitor: (wire: InputWire) => readonly string[];
}

const low = ({ active }: Pick<Wire, 'active'>): readonly string[] => (active === 'low' ? ['--active-low'] : []);
const bias = ({ bias: wanted }: InputWire): readonly string[] => (wanted === 'none' ? [] : [`--bias=pull-${wanted}`]);

/** By the major version. Rising edges print as 1; falling ones as 0, and as 2 since version 2. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  1: {
    set: (wire, on) => [...low(wire), '--mode=signal', wire.chip, `${wire.pin}=${on ? 1 : 0}`],
    get: (wire) => [...low(wire), ...bias(wire), wire.chip, String(wire.pin)],
    monitor: (wire) => [...low(wire), ...bias(wire), '--line-buffered', '--format=%e', wire.chip, String(wire.pin)],
  },
  2: {
    set: (wire, on) => [...low(wire), '--consumer=tyto', `--chip=${wire.chip}`, `${wire.pin}=${on ? 1 : 0}`],
    get: (wire) => [...low(wire), ...bias(wire), '--numeric', `--chip=${wire.chip}`, String(wire.pin)],
    monitor: (
      wire,
    ) => [...low(wire), ...bias(wire), '--consumer=tyto', '--format=%e', `--chip=${wire.chip}`, String(wire.pin)],
  },
};

/** A tool that has the pin by then, or has not said that it cannot, is taken for having it. */
const HESITATION = seconds(1);
const LOOK_EVERY = seconds(0.005);
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

interface Means { readonly dialect: Dialect; readonly start: StartProgram }

class HeldPin implements OutputPin {
  readonly #tool: string;
  readonly #means: Means;
  readonly #wire: Wire;
  #holder: ChildProcess | undefined;
  #fault: string | undefined;
  private constructor(tool: string, means: Means, wire: Wire) {
    this.#tool = tool;
    this.#means = means;
    this.#wire = wire;
  }

  static async open(tool: string, means: Means, wire: Wire): Promise<HeldPin> {
    const pin = new HeldPin(tool, means, wire);
    await pin.set(false);
    return pin;
  }

  async set(on: boolean): Promise<void> {
    this.#throwIfBroken();
    await this.#release();
    const holder = this.#means.start(this.#tool, this.#means.dialect.set(this.#wire, on), {
      stdio: ['ignore', 'ignore', 'pipe'], env: ENVIRONMENT,
    });
    this.#holder = holder;
    let complaint = '';
    holder.stderr?.on('data', (chunk: Buffer) => { complaint = (complaint + chunk.toString('utf8')).slice(-200); });
    holder.once('close', () => { if (this.#holder === holder) this.#fault = complaint.trim() || 'gpioset ended'; });
    await new Promise<void>((resolve, reject) => {
      holder.once('spawn', resolve).once('error', (error) => reject(failed(this.#wire, describeError(error))));
    });
    await this.#settled(holder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder !== undefined && this.#fault === undefined) await this.set(false).catch(() => {});
    await this.#release();
  }

  /**
   * Resolves when the tool has the pin: the kernel gives it a descriptor of that name. A pulse would otherwise
   * be shortened by the tool's start.
   */
  async #settled(holder: ChildProcess): Promise<void> {
    for (let waited = 0; waited < HESITATION; waited += LOOK_EVERY) {
      this.#throwIfBroken();
      if (holder.pid !== undefined && await holdsLine(holder.pid)) return;
      await wait(LOOK_EVERY);
    }
  }

  /** The fault of a holder that ended by itself is told once; then it is tried again. */
  #throwIfBroken(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw failed(this.#wire, fault);
  }

  async #release(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    if (holder === undefined || holder.exitCode !== null || holder.signalCode !== null || holder.pid === undefined)
      return;
    const gone = new Promise((resolve) => { holder.once('exit', resolve); });
    holder.kill('SIGTERM');
    await gone;
  }
}

async function holdsLine(pid: number): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((each) => readlink(`${folder}/${each}`).catch(() => '')));
  return targets.some((target) => target.includes('gpio-line'));
}

async function watch(
  tool: (name: string) => string, { dialect, start }: Means,
  { wire, onLevel }: { readonly wire: InputWire; readonly onLevel: (on: boolean) => void }, signal: AbortSignal,
): Promise<void> {
  const now = await run(tool('gpioget'), dialect.get(wire))
    .catch((error: unknown) => { throw failed(wire, describeError(error)); });
  signal.throwIfAborted();
  onLevel(/\b1\b/.test(now));
  const child = start(tool('gpiomon'), dialect.monitor(wire), { stdio: ['ignore', 'pipe', 'pipe'], env: ENVIRONMENT });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => { complaint = (complaint + chunk.toString('utf8')).slice(-200); });
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on(
      'line', (line) => { if (/^[012]$/.test(line.trim())) onLevel(line.trim() === '1'); },
    );
  const stop = (): void => { killGroup(child.pid); };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(failed(wire, describeError(error)))).once('close', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (!signal.aborted) throw failed(wire, complaint.trim() || 'gpiomon ended');
}

const failed = ({ chip, pin }: Pick<Wire, 'chip' | 'pin'>, why: string): DeviceError =>
  new DeviceError('gpio.failed', `pin ${pin} of ${chip}: ${why}`);

/** What a tool prints. */
const run = (tool: string, args: readonly string[]): Promise<string> => new Promise((resolve, reject) => {
  execFile(tool, [...args], { timeout: seconds(5), env: ENVIRONMENT }, (error, output, complaint) => {
    if (error === null) resolve(output);
    else reject(systemCode(error) === 'ENOENT' ? error : new Error(complaint.trim().slice(-200) || error.message));
  });
});
