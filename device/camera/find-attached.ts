/** Which camera is attached to this machine? */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DeviceError } from '../core/errors.ts';
import { describeSource, type CameraSource } from '../media/camera-source.ts';
import { unanswered } from './adapters/ask-program.ts';
import { findRpicam } from './adapters/rpicam-feed.ts';
import { listFormats } from './adapters/v4l2-feed.ts';
import { chooseFormat, parseFormats } from './adapters/v4l2-formats.ts';
import type { Command } from './command.ts';
import { explainComplaint } from './stream/complaint.ts';

export interface AttachedOptions {
  readonly rpicam: readonly Command[];
  /** The system's list of video devices. */
  readonly devices: string;
}

export const SYSTEM_DEVICES = '/sys/class/video4linux';

export type AttachedLookup =
  | { readonly found: true; readonly source: CameraSource & { readonly type: 'raspberry' | 'v4l2' } }
  /** What people can do about it. */
  | { readonly found: false; readonly reason: DeviceError };

/** The Raspberry Pi camera, else the first USB camera that can be read. */
export async function findAttached({ rpicam, devices }: AttachedOptions, signal: AbortSignal): Promise<AttachedLookup> {
  const raspberry = await findRpicam(rpicam, signal);
  if (raspberry.found === 'camera') return { found: true, source: { type: 'raspberry' } };
  let obstacle = raspberry.found === 'unknown' ? unanswered(RASPBERRY, raspberry.why) : undefined;
  for (const name of await captureDevices(devices)) {
    const device = path.join('/dev', name);
    const listing = await listFormats(device, signal).catch(obstacleIn);
    if (listing instanceof DeviceError) obstacle ??= listing;
    else if (chooseFormat(parseFormats(listing)) !== undefined)
      return { found: true, source: { type: 'v4l2', device } };
    else obstacle ??= obstacleTo(device, listing);
  }
  return { found: false, reason: obstacle ?? new DeviceError('camera.missing', NOTHING) };
}

const NOTHING =
  'no camera is attached; connect one (USB or Raspberry Pi), or name a network camera in TYTO_CAMERA_SOURCE';
const RASPBERRY = describeSource({ type: 'raspberry' });

/** One camera that does not answer hides no other. */
function obstacleIn(error: unknown): DeviceError {
  if (error instanceof DeviceError) return error;
  throw error;
}

/** Why it cannot be told whether `device` is a camera, if `listing` says so. */
export function obstacleTo(device: string, listing: string): DeviceError | undefined {
  const complaint = explainComplaint(listing, device, false);
  return OBSTACLES.has(complaint.code) ? complaint : undefined;
}

const OBSTACLES: ReadonlySet<string> = new Set(['camera.permission', 'camera.busy']);

/** Nodes of a Raspberry Pi's own chips: encoders, scalers, and the bare sensor, which only rpicam-vid can drive. */
const NO_CAMERA = /codec|isp|unicam|rp1-cfe|pispbe|rpivid|hevc/i;

/** `video0`, `video2`, …: devices that may be cameras of their own, in the order of their numbers. */
export async function captureDevices(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => /^video\d+$/.test(name));
  const named = await Promise.all(names.map(async (name) =>
    ({ name, title: await readFile(path.join(folder, name, 'name'), 'utf8').catch(() => '') })));
  return named.filter(({ title }) => !NO_CAMERA.test(title)).map(({ name }) => name)
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
}
