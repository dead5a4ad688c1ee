/**
 * Every setting of a device, once. The path gives the name in `config.json` and in the environment:
 * `motion.sensitivity`, `TYTO_MOTION_SENSITIVITY`.
 */
import { NAME_PATTERN } from '../contract/name-pattern.ts';
import { armingSettings } from './sections/arming.ts';
import { busSettings } from './sections/bus.ts';
import { cameraSettings } from './sections/camera.ts';
import { orEmpty } from './sections/checks.ts';
import { outputSettings } from './sections/outputs.ts';
import { recordingSettings } from './sections/recording.ts';
import { seeingSettings } from './sections/seeing.ts';
import { uploadSettings } from './sections/upload.ts';
import { choiceSetting as choice, integerSetting as integer, textSetting as text, type Setting } from './setting.ts';

export const settings = {
  device: {
    id: text({
      default: '', pattern: orEmpty(NAME_PATTERN), expectation: 'letters, digits and inner hyphens, at most 64',
      doc:
        'Name of this device in topics, file names and storage; without one, balena\'s UUID or an own one made at first start.',
    }),
  },
  ...cameraSettings,
  ...armingSettings,
  ...seeingSettings,
  ...recordingSettings,
  web: {
    port: integer({ default: 8080, min: 1, max: 65_535, doc: 'Port of the device\'s own page.' }),
    host: text({ default: '0.0.0.0', pattern: /^[0-9a-fA-F:.]+$/, expectation: 'an IP address of this machine',
      doc: 'Address that the page is served on; 127.0.0.1 hides it from the network.' }),
  },
  ...busSettings,
  ...uploadSettings,
  ...outputSettings,
  log: {
    level: choice({
      default: 'info', choices: ['debug', 'info', 'warn', 'error'], doc: 'Least serious lines that are logged.',
    }),
    format: choice({
      default: 'text', choices: ['text', 'json'], doc: 'Log lines for people, or one JSON object each.',
    }),
  },
} as const;

export interface SettingTree { readonly [key: string]: Setting<unknown> | SettingTree }
type Values<T> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : Values<T[K]> };
/** The values of all settings, frozen. */
export type Settings = Values<typeof settings>;
