/**
 * What a device holds in memory: the demo camera with its time running eight times as fast, so that its visitors make
 * some ten events a minute, and the resident memory of every process that the device consists of.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { median } from './cpu-time.ts';
import { tyto } from './project.ts';

export interface MemoryRow {
  /** `main`, `watch`, `web`, `uploader`, `ffmpeg`, or `all`. */
  readonly process: string;
  /** Megabytes: medians of the first and of the last sixth, and the most there ever was. */
  readonly early: number;
  readonly late: number;
  readonly most: number;
  /** Megabytes an hour, over the second half. */
  readonly growth: number;
}
export interface MemoryRun { readonly rows: readonly MemoryRow[]; readonly events: number }

const EVERY_MS = 5000;
/** What a start needs once is given back by then, and the page that nobody opens. */
const SETTLED_MS = 150_000;
const PEOPLE_COME_OFTEN = {
  TYTO_CAMERA_SOURCE: 'demo:8', TYTO_RECORDING_POST_ROLL: '1s', TYTO_RETENTION_MAX_BYTES: '200M',
};
const ROLES = ['watch', 'web', 'uploader'];

type Sample = ReadonlyMap<string, number>;

/**
 * Runs the device for `minutes` after it has settled.
 * @throws {Error} When it ends by itself; the message holds what it said.
 */
export async function measureMemory(minutes: number): Promise<MemoryRun> {
  const data = await mkdtemp(path.join(tmpdir(), 'tyto-bench-memory-'));
  const [program, ...args] = tyto(['run'], {
    ...PEOPLE_COME_OFTEN, TYTO_DATA: data,
    TYTO_WEB_PORT: String(await freePort()), TYTO_BUS_PORT: String(await freePort()), TYTO_LOG_FORMAT: 'json',
  });
  const device = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  device.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  const ended = once(device, 'close');
  try {
    await wait(SETTLED_MS);
    const samples: Sample[] = [];
    for (const until = performance.now() + minutes * 60_000; performance.now() < until; await wait(EVERY_MS)) {
      if (device.exitCode !== null)
        throw new Error(`the device has ended: ${said.trim().split('\n').slice(-3).join('; ')}`);
      samples.push(await sampleOf(device.pid ?? 0));
    }
    return { rows: rowsOf(samples), events: said.split('event uploaded').length - 1 };
  } finally {
    device.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  }
}

/** Resident megabytes of `root` and of all below it, by what they are. */
async function sampleOf(root: number): Promise<Sample> {
  const sample = new Map<string, number>();
  for (const pid of await treeOf(root)) {
    try {
      const [command, status] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8'),
      ]);
      const name = nameOf(command.split('\0'), pid === root);
      const megabytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
      if (megabytes === 0 || name === '') continue; // it has ended, and nobody has asked yet how
      for (const each of [name, 'all']) sample.set(each, (sample.get(each) ?? 0) + megabytes);
    } catch { /* it has ended meanwhile */ }
  }
  return sample;
}

async function treeOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) =>
    readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')));
  const below = await Promise.all(lists.flatMap((list) => list.trim().split(' ').filter(Boolean))
    .map((child) => treeOf(Number(child))));
  return [pid, ...below.flat()];
}

function nameOf([program = '', ...args]: readonly string[], isRoot: boolean): string {
  if (isRoot) return 'main';
  return ROLES.find((role) => args.includes(role)) ?? path.basename(program);
}

function rowsOf(samples: readonly Sample[]): readonly MemoryRow[] {
  const names = [...new Set(samples.flatMap((sample) => [...sample.keys()]))].sort((a, b) =>
    Number(a === 'all') - Number(b === 'all') || a.localeCompare(b));
  return names.map((process) => {
    const values = samples.map((sample) => sample.get(process) ?? 0);
    const part = Math.max(1, Math.floor(values.length / 6));
    return {
      process, early: median(values.slice(0, part)), late: median(values.slice(-part)), most: Math.max(...values),
      growth: slope(values.slice(Math.floor(values.length / 2))) * (3_600_000 / EVERY_MS),
    };
  });
}

/** Least squares, by step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [up, across] = values.reduce(
    ([a, b], value, step) => [a + (step - middle) * (value - mean), b + (step - middle) ** 2], [0, 0],
  );
  return across === 0 ? 0 : up / across;
}
