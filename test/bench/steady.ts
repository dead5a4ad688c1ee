/** What a device takes of a processor, hour after hour, at a camera that is neither decoded nor encoded anyway. */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { MadeClip } from './clips.ts';
import { decodeOnly } from './cost.ts';
import { cpuSeconds } from './cpu-time.ts';
import { DeviceRun } from './device-run.ts';

export interface SteadyRow {
  /** `main`, `watch`, `web`, `ffmpeg`, or `all`; all ffmpegs are one. */
  readonly process: string;
  /** Of one processor, in percent. */
  readonly percent: number;
}
export interface SteadyRun {
  readonly rows: readonly SteadyRow[];
  /** What `ffmpeg -threads 1` takes that decodes the same all the time. */
  readonly decodePercent: number;
}

/** A start has ended, the gate has shut, and the page that nobody opens is gone. */
const SETTLED_MS = 150_000;
/** `/proc` counts in hundredths of a second. */
const TICK_MS = 10;

/** Plays `clip`, which lasts a minute, again and again as it was filmed; measures for a whole number of minutes. */
export async function measureSteady(clip: MadeClip, minutes: number): Promise<SteadyRun> {
  const decode = cpuSeconds(decodeOnly(clip.file));
  await using device = await DeviceRun.start({ TYTO_CAMERA_SOURCE: clip.file });
  await wait(SETTLED_MS);
  const [before, began] = [await ticksOf(device), performance.now()];
  await wait(minutes * 60_000);
  const [after, took] = [await ticksOf(device), performance.now() - began];
  const names = [...new Set([...after.values()].map(({ name }) => name))].sort();
  const percentOf = (wanted?: string): number => {
    const ticks = [...after].filter(([, { name }]) => wanted === undefined || name === wanted)
      .reduce((sum, [pid, process]) => sum + process.ticks - (before.get(pid)?.ticks ?? 0), 0);
    return 100 * ticks * TICK_MS / took;
  };
  return {
    rows: [
      ...names.map((process) => ({ process, percent: percentOf(process) })),
      { process: 'all', percent: percentOf() },
    ],
    decodePercent: 100 * decode / 60,
  };
}

interface Used { readonly name: string; readonly ticks: number }

/** What each process has used so far, by its number. */
async function ticksOf(device: DeviceRun): Promise<ReadonlyMap<number, Used>> {
  const facts = await Promise.all((await device.processes()).map(async ({ pid, name }) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''); // it has ended meanwhile
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return [pid, { name, ticks: (user ?? 0) + (system ?? 0) }] as const;
  }));
  return new Map(facts);
}
