import { ConfigError } from '../../core/errors.ts';
import type { Box } from '../../core/geometry.ts';
import type { Log } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { AskedThread, ownMemory } from '../asked-thread.ts';
import type { Portrait } from './portrait.ts';

export interface PortraitQuestion {
  /** A photograph's file, in memory. */
  readonly picture: Uint8Array;
  /** What errors call it. */
  readonly name: string;
  /** Which of several faces, as fractions of the picture. */
  readonly box?: Box;
}

export type PortraitAnswer =
  | { readonly ok: true; readonly portrait: Portrait }
  | { readonly ok: false; readonly code: string; readonly message: string };

const PATIENCE = { start: seconds(60), look: seconds(30) };
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * `takePortrait` in a thread that is gone afterwards, with all of its memory.
 * @throws {ConfigError} As `takePortrait` and `decodePicture`. @throws {BugError} `vision.worker`
 */
export async function portraitInThread(question: PortraitQuestion, log: Log): Promise<Portrait> {
  const entry = new URL(`./portrait-entry.${extension}`, import.meta.url);
  await using thread = await AskedThread.start<PortraitQuestion, PortraitAnswer>(
    { name: 'portrait', entry, settings: {}, patience: PATIENCE, networks: true }, log,
  );
  const picture = ownMemory(question.picture);
  const { answer } = await thread.ask({ ...question, picture }, [picture.buffer]);
  if (answer.ok) return answer.portrait;
  throw new ConfigError(answer.code, answer.message);
}
