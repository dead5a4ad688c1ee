/** A device that records is killed at random moments: what that costs, and whether all that is left plays. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseRecordedName } from '../../device/contract/names.ts';
import { verifyClip } from '../../device/recorder/verify-clip.ts';
import { childrenWithRole, start, type Running } from '../e2e/processes.ts';
import { freePort } from '../free-port.ts';

/** Who dies: all processes at once, as when the power fails; the one that records; the camera's ffmpeg. */
const VICTIMS = ['device', 'watch', 'ffmpeg'] as const;
type Victim = (typeof VICTIMS)[number];

export interface KillLosses {
  readonly victim: Victim;
  /** Seconds from the last picture on the disk to the kill, each. */
  readonly losses: readonly number[];
}

export interface KillResult {
  readonly kills: readonly KillLosses[];
  readonly files: number;
  /** Files that do not play from beginning to end, and why. */
  readonly unplayable: readonly string[];
}

/** How long a device may take until it records. */
const PATIENCE = 180_000;

/**
 * Kills `count` times, between 0.2 and 4 s after pictures reached the disk, and starts it on the same data each time.
 * @param random - In `[0, 1)`.
 */
export async function measureKills(count: number, random: () => number): Promise<KillResult> {
  const data = await mkdtemp(path.join(tmpdir(), 'tyto-kills-'));
  try {
    const killed: { readonly victim: Victim; readonly at: number }[] = [];
    while (killed.length < count) await killOnce(data, random, (victim, at) => killed.push({ victim, at }));
    const again = await startRecording(data);
    await again.stop();
    const { ends, ...found } = await judge(data);
    const loss = (at: number): number =>
      Math.min(...ends.filter(({ startedAt }) => startedAt <= at).map(({ end }) => Math.max(0, at - end))) / 1000;
    const kills = VICTIMS.map((victim) =>
      ({ victim, losses: killed.filter((kill) => kill.victim === victim).map(({ at }) => loss(at)) }));
    return { kills, ...found };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** Starts a device, kills one of its processes in two of three times, and then all of it. */
async function killOnce(data: string, random: () => number, note: (victim: Victim, at: number) => void): Promise<void> {
  await using device = await startRecording(data);
  const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'device';
  if (victim !== 'device') {
    await wait(200 + 3800 * random());
    note(victim, await killOne(device, victim));
    await grownBeside(data, newest(data));
  }
  await wait(200 + 3800 * random());
  const { pid } = device.child;
  if (pid === undefined) throw new Error('the device did not start');
  const at = Date.now();
  process.kill(-pid, 'SIGKILL');
  note('device', at);
}

async function startRecording(data: string): Promise<Running> {
  const before = newest(data);
  const device = start('tyto', ['run'], {
    TYTO_DATA: data, TYTO_CAMERA_SOURCE: 'demo', TYTO_RECORDING_MODE: 'both',
    TYTO_RECORDING_MINIMUM_FREE: '0', TYTO_UPLOAD_TARGET: 'none',
    TYTO_WEB_PORT: String(await freePort()), TYTO_BUS_PORT: String(await freePort()),
  });
  try {
    await grownBeside(data, before);
    return device;
  } catch (cause) {
    const said = device.printed();
    await device[Symbol.asyncDispose]();
    throw new Error(`the device did not record within ${PATIENCE / 1000} s; it said:\n${said}`, { cause });
  }
}

/** @returns The wall clock's time of the kill. */
async function killOne({ child: { pid = 0 } }: Running, victim: Victim): Promise<number> {
  const [watch] = await childrenWithRole(pid, 'watch');
  if (watch === undefined) throw new Error('there is no process that watches');
  const target = victim === 'watch' ? watch : cameraProcess(watch);
  const at = Date.now();
  process.kill(target, 'SIGKILL');
  return at;
}

function cameraProcess(watch: number): number {
  const children = readFileSync(`/proc/${watch}/task/${watch}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('frag_keyframe'));
  if (found === undefined) throw new Error('the camera has no process');
  return found;
}

/** Resolves when a later continuous recording than `before` holds pictures. */
async function grownBeside(data: string, before: string): Promise<void> {
  for (const until = Date.now() + PATIENCE; ;) {
    const file = newest(data);
    if (file > before && statSync(file, { throwIfNoEntry: false }) !== undefined && statSync(file).size > 20_000)
      return;
    if (Date.now() > until) throw new Error('nothing was recorded');
    await wait(50);
  }
}

const newest = (data: string): string => recordings(data).findLast((file) => file.endsWith('_continuous.mp4')) ?? '';

/** All recorded files, oldest first. */
function recordings(data: string): readonly string[] {
  const media = path.join(data, 'media');
  if (!existsSync(media)) return [];
  const days = readdirSync(media).filter((name) => /^\d{4}-/.test(name)).toSorted();
  return days.flatMap((day) => readdirSync(path.join(media, day)).filter((name) => name.endsWith('.mp4')).toSorted()
    .map((name) => path.join(media, day, name)));
}

async function judge(data: string): Promise<{
  readonly files: number; readonly unplayable: readonly string[];
  readonly ends: readonly { readonly startedAt: number; readonly end: number }[];
}> {
  const files = recordings(data);
  const unplayable: string[] = [];
  const ends: { startedAt: number; end: number }[] = [];
  for (const file of files) {
    const { form, decode, duration, faults } = await verifyClip(file);
    const broken = faults.filter(({ kind }) => kind !== 'gap' && kind !== 'overlap' && kind !== 'long-fragment');
    if (form !== 'clip' || decode?.ok !== true || broken.length > 0) {
      unplayable.push(`${path.basename(file)}: ${broken.map(({ message }) => message).join(', ')
        || 'it does not decode'}`);
    }
    const startedAt = parseRecordedName(path.basename(file, '.mp4'))?.at;
    if (startedAt !== undefined && file.endsWith('_continuous.mp4'))
      ends.push({ startedAt, end: startedAt + duration });
  }
  return { files: files.length, unplayable, ends };
}
