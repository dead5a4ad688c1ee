/**
 * People out of a folder of pictures, for whoever looks at the events of many devices: `Anna.jpg`, or `Anna/` with
 * several pictures of her. Nothing is written there.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, describeError, systemCode } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { readPicture } from '../faces/read-picture.ts';
import type { Known } from './known-people.ts';
import { MOST_PEOPLE, MOST_SAMPLES } from './people-store.ts';
import { takePortrait, type PortraitNets } from './portrait.ts';

const PICTURE = /\.(?:jpe?g|png|webp)$/i;

/**
 * Pictures that show not one face are left out, and told of.
 * @throws {ConfigError} `people.folder` when the folder cannot be read.
 */
export async function readNamedPictures(folder: string, nets: PortraitNets, log: Log): Promise<readonly Known[]> {
  const people: Known[] = [];
  for (const { name, files } of (await named(folder)).slice(0, MOST_PEOPLE)) {
    const descriptors: Known['descriptors'][number][] = [];
    for (const file of files.slice(0, MOST_SAMPLES)) {
      try {
        descriptors.push((await takePortrait(await readPicture(file), nets, { name: file })).descriptor);
      } catch (error) {
        log.warn('a picture of a person is left out', { picture: file, reason: describeError(error) });
      }
    }
    if (descriptors.length > 0) people.push({ name, descriptors });
  }
  return people;
}

async function named(folder: string): Promise<readonly { readonly name: string; readonly files: readonly string[] }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ConfigError('people.folder', `the folder of people ${folder} cannot be read (${systemCode(cause)
      ?? 'no folder'}); name one with pictures, such as Anna.jpg`, { cause });
  });
  const found = await Promise.all(entries.toSorted((a, b) => a.name.localeCompare(b.name, 'en')).map(async (entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory())
      return { name: entry.name, files: (await readdir(place)).filter((name) => PICTURE.test(name)).toSorted()
        .map((name) => path.join(place, name)) };
    return { name: path.parse(entry.name).name, files: PICTURE.test(entry.name) ? [place] : [] };
  }));
  return found.filter(({ files }) => files.length > 0);
}
