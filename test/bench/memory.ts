/**
 * What a device holds in memory: the demo camera with its time running eight times as fast, so that its visitors make
 * some ten events a minute, and the resident memory of every process that the device consists of.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { median } from './cpu-time.ts';
import { DeviceRun } from './device-run.ts';

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

type Sample = ReadonlyMap<string, number>;

/**
 * Runs the device for `minutes` after it has settled.
 * @throws {Error} When it ends by itself; the message holds what it said.
 */
export async function measureMemory(minutes: number): Promise<MemoryRun> {
  await using device = await DeviceRun.start(PEOPLE_COME_OFTEN);
  await wait(SETTLED_MS);
  const samples: Sample[] = [];
  for (const until = performance.now() + minutes * 60_000; performance.now() < until; await wait(EVERY_MS))
    samples.push(await sampleOf(device));
  return { rows: rowsOf(samples), events: device.said.split('event uploaded').length - 1 };
}

/** Resident megabytes of all processes, by what they are. */
async function sampleOf(device: DeviceRun): Promise<Sample> {
  const sample = new Map<string, number>();
  for (const { pid, name } of await device.processes()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const megabytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    if (megabytes === 0) continue; // it has ended, and nobody has asked yet how
    for (const each of [name, 'all']) sample.set(each, (sample.get(each) ?? 0) + megabytes);
  }
  return sample;
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
