import type { Settings } from './config/settings.ts';

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
