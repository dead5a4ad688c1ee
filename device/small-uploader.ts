import { loadSettings } from './config/load-settings.ts';
import type { Settings } from './config/settings.ts';
import type { Log } from './core/log.ts';
import { systemClock } from './runtime/clock.ts';
import { keepChild } from './runtime/keep-child.ts';
import { RestUntil } from './runtime/rest-until.ts';
import type { ChildPlace } from './runtime/start-child.ts';
import type { Task } from './runtime/supervise.ts';

/** What `watch` is told that is to keep the uploader as a thread of its own. */
export const WITH_UPLOADER = 'with-uploader';

/**
 * Whether the uploader has so little to do that it need not be a process: it gives files of the data folder a second
 * name in our own landing folder, as it comes. It then meets no network, no package of others and no disk but that on
 * which everything is. A folder that somebody named may be one of another machine, on which a thread hangs for good.
 */
export const isSmallUploader = ({ upload, house, outputs, inputs }: Settings): boolean =>
  (upload.target === 'none' || (upload.target === 'directory' && upload.directory === ''))
  && upload.fallback.target === 'none' && house.url === '' && outputs.length === 0 && inputs.length === 0;

/**
 * The uploader beside the camera. It shares no loop with it, ends alone whatever befalls it, and is there for memory's
 * sake: `watch` has threads anyway, and another one costs a third of a process.
 */
export const smallUploader = (log: Log): Task => (stop) => keepChild({
  role: 'uploader', work: 'serve', vital: false, demand: new RestUntil(systemClock), onReady: () => {},
  module: new URL(`./uploader/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
  place: async (): Promise<ChildPlace> => (isSmallUploader((await loadSettings()).values) ? 'thread' : 'process'),
}, { log, clock: systemClock }, stop);
