/** What a USB camera can be told of exposure, colour and focus, by `v4l2-ctl` (Debian's v4l-utils). */
import type { Command } from '../command.ts';
import { unmet, type CameraWishes, type WishName } from '../wishes.ts';
import { askProgram, type Answer } from './ask-program.ts';

export const V4L2_CTL: Command = ['v4l2-ctl'];

/** Least and greatest value of a control, by its name. */
export type Controls = ReadonlyMap<string, { readonly min: number; readonly max: number }>;

/** Wishes that are the business of controls; size, rate and orientation are not. */
const NAMES = [
  'exposure', 'exposureCompensation', 'shutter', 'gain', 'whiteBalance', 'focus',
] as const satisfies readonly WishName[];

/** Makes `device` as it is wished. @returns What it does not take, for people. */
export async function applyControls(
  ctl: Command, device: string, wishes: CameraWishes, signal: AbortSignal,
): Promise<readonly string[]> {
  const wished = NAMES.filter((name) => wishes[name] !== undefined);
  if (wished.length === 0) return [];
  const [program, ...args] = ctl;
  const ask = (...options: readonly string[]) =>
    askProgram(program, [...args, '--device', device, ...options], { signal });
  const listing = await ask('--list-ctrls');
  if (listing.type !== 'said') {
    const why = listing.type === 'missing' ? 'it needs v4l2-ctl; type: sudo apt-get install v4l-utils' : listing.why;
    return wished.map((name) => unmet(name, why));
  }
  const plan = planControls(wishes, parseControls(listing.text), device);
  const refused: string[] = [];
  // One by one: what is automatic has to be switched off before its value is taken.
  for (const { wish, control, value } of plan.steps) {
    const complaint = complaintIn(await ask('--set-ctrl', `${control}=${value}`));
    if (complaint !== '')
      refused.push(unmet(wish, `${device} refuses ${control}=${value}: ${complaint.split('\n')[0]}`));
  }
  return [...plan.unmet, ...refused];
}

/** It is silent when a control was set. */
function complaintIn(answer: Answer): string {
  switch (answer.type) {
    case 'said': return answer.text.trim();
    case 'missing': return 'v4l2-ctl is not installed';
    case 'silent': return answer.why;
    default: return answer satisfies never;
  }
}

/** Reads what `v4l2-ctl --list-ctrls` prints. */
export const parseControls = (listing: string): Controls => new Map(
  [...listing.matchAll(/^\s*(\w+) 0x[\da-f]+ \((\w+)\)\s*:(.*)$/gm)].map(([, name = '', type, rest = '']) => {
    const bound = (key: string, otherwise: number): number =>
      Number(new RegExp(`\\b${key}=(-?\\d+)`).exec(rest)?.[1] ?? otherwise);
    return [name, type === 'bool' ? { min: 0, max: 1 } : { min: bound('min', 0), max: bound('max', 0) }] as const;
  }));

export interface ControlStep { readonly wish: WishName; readonly control: string; readonly value: number }

/** The controls to be set, in this order. Drivers name some by older words. */
export function planControls(
  wishes: CameraWishes, controls: Controls, device: string,
): { readonly steps: readonly ControlStep[]; readonly unmet: readonly string[] } {
  const steps: ControlStep[] = [];
  const missing: string[] = [];
  const set = (wish: WishName, ...settings: readonly (readonly [
    names: readonly string[], value: (range: { readonly min: number; readonly max: number }) => number,
  ])[]): void => {
    const found = settings.map(([names, value]) => ({ control: names.find((name) => controls.has(name)), value }));
    const planned = found.flatMap(({ control, value }): ControlStep[] => {
      const range = control === undefined ? undefined : controls.get(control);
      if (control === undefined || range === undefined) return [];
      return [{ wish, control, value: Math.round(Math.min(Math.max(value(range), range.min), range.max)) }];
    });
    if (planned.length === settings.length) steps.push(...planned);
    else missing.push(unmet(wish, `${device} has no control for it`));
  };
  const { exposure, exposureCompensation, shutter, gain, whiteBalance, focus } = wishes;
  // A long exposure is one that may take longer than a picture at the full rate.
  if (exposure !== undefined)
    set('exposure', [['exposure_dynamic_framerate', 'exposure_auto_priority'], () => (exposure === 'long' ? 1 : 0)]);
  if (exposureCompensation !== undefined)
    missing.push(unmet('exposureCompensation', `${device} has no control for it`));
  if (shutter !== undefined) {
    set('shutter', [['auto_exposure', 'exposure_auto'], () => MANUAL], [
      ['exposure_time_absolute', 'exposure_absolute'], () => shutter * 10,
    ]);
  }
  if (gain !== undefined) missing.push(unmet('gain', 'USB cameras count it in steps of their own'));
  if (whiteBalance !== undefined) {
    set('whiteBalance', [['white_balance_automatic', 'white_balance_temperature_auto'], () => 0],
      [['white_balance_temperature'], () => KELVIN[whiteBalance]]);
  }
  if (focus?.mode === 'continuous') set('focus', [AUTOFOCUS, () => 1]);
  if (focus?.mode === 'manual') {
    const share = focus.position / NEAREST;
    set('focus', [AUTOFOCUS, () => 0], [['focus_absolute'], ({ min, max }) => min + share * (max - min)]);
  }
  return { steps, unmet: missing };
}

/** `V4L2_EXPOSURE_MANUAL`; times are in tenths of a millisecond (linux/v4l2-controls.h). */
const MANUAL = 1;
const AUTOFOCUS = ['focus_automatic_continuous', 'focus_auto'] as const;
/** Dioptres of the nearest position: 10 cm. */
const NEAREST = 10;
const KELVIN = {
  incandescent: 2800, tungsten: 3200, fluorescent: 4200, indoor: 4000, daylight: 5600, cloudy: 6800,
} as const;
