import type { Log } from '../device/core/log.ts';
import { PictureFaces } from '../device/vision/people/picture-faces.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';

/** As a device's setting `faces.match` has it by default. */
const MATCH = 0.5;

/**
 * Who looks for faces in the pictures of events, if the settings want that. It begins at once:
 * networks and people take seconds to load.
 */
export function openFaces(
  { faces, people }: Pick<LoadedFleetSettings, 'faces' | 'people'>, log: Log,
): PictureFaces | undefined {
  if (faces === 'off') return undefined;
  const looker = new PictureFaces({ match: MATCH, ...(people === '' ? {} : { people }) }, log);
  looker.prepare()
    .catch((error: unknown) => log.error('faces cannot be looked for; tried again with the next picture', { error }));
  return looker;
}
