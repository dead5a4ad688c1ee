/** Which camera is attached to this machine? */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CameraSource } from './source.ts';
import { findRpicam, type Command } from './adapters/rpicam-feed.ts';
import { listFormats } from './adapters/v4l2-feed.ts';
import { chooseFormat, parseFormats } from './adapters/v4l2-formats.ts';

export interface AttachedOptions {
  readonly rpicam: readonly Command[];
  /** The system's list of video devices. */
  readonly devices: string;
}

export const SYSTEM_DEVICES = '/sys/class/video4linux';

/** The Raspberry Pi camera, else the first USB camera, else undefined. */
export async function findAttached(options: AttachedOptions, signal: AbortSignal): Promise<CameraSource | undefined> {
  const { rpicam, devices } = options;
  if ((await findRpicam(rpicam, signal)).found === 'camera') return { type: 'raspberry' };
  for (const name of await captureDevices(devices)) {
    const device = path.join('/dev', name);
    if (chooseFormat(parseFormats(await listFormats(device, signal))) !== undefined) return { type: 'v4l2', device };
  }
  return undefined;
}

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
