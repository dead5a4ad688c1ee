import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Places } from '../../contract/places.ts';
import { ConfigError, DeviceError, systemCode } from '../../core/errors.ts';
import type { Millis } from '../../core/units.ts';
import { makeFolder } from '../../durable/make-folder.ts';
import type { Recognition } from '../../watch/recognition.ts';
import { encodePng } from './png.ts';
import { paintLook, type Look } from './seen-picture.ts';

/** A folder that takes a PNG of each look; one of the same moment that is there already is written over. */
export class SeenPictures {
  readonly #folder: string;
  readonly #places: Places;

  private constructor(folder: string, places: Places) {
    this.#folder = folder;
    this.#places = places;
  }

  /** @throws {ConfigError} `detect.masks` when `folder` cannot be made or written into. */
  static async open(folder: string, places: Places): Promise<SeenPictures> {
    try {
      await makeFolder(folder);
      await access(folder, constants.W_OK);
    } catch (cause) {
      if (systemCode(cause) === 'EEXIST') {
        throw new ConfigError(
          'detect.masks', `--masks: ${folder} is a file; a folder is needed, which is made where there is none`,
        );
      }
      throw new ConfigError('detect.masks', `the folder ${folder} for the pictures cannot be made or written into`, {
        cause,
      });
    }
    return new SeenPictures(folder, places);
  }

  /**
   * Resolves when the picture is written: whoever waits for it holds one at a time.
   * @throws {DeviceError} `detect.picture` when it cannot be written.
   */
  async write(look: Look, recognitions: readonly Recognition[] = []): Promise<void> {
    const recognised = recognitions.flatMap(({ faces, things }) => [
      ...faces.map(({ box, person }) => ({ box, name: person ?? 'face' })),
      ...things.map(({ box, label }) => ({ box, name: label })),
    ]);
    const file = path.join(this.#folder, pictureName(look.frame.at));
    try {
      await writeFile(file, encodePng(paintLook(look, this.#places, recognised)));
    } catch (cause) {
      throw new DeviceError('detect.picture', `the picture ${file} cannot be written`, { cause });
    }
  }
}

/** Seconds from the clip's start, as wide as 11 days need, so that names sort by time. */
const pictureName = (at: Millis): string => `${(at / 1000).toFixed(3).padStart(10, '0')}.png`;
