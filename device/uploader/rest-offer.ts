/**
 * When the uploader may end for a while: what it has to do then comes at a known time, or shows in a
 * file or folder that `main` looks at.
 */
import path from 'node:path';
import { answersFolder, requestsFolder } from '../contract/mail.ts';
import { millis, minutes, type Millis } from '../core/units.ts';
import { doorbellOf } from '../durable/doorbell.ts';
import type { RestOffer } from '../runtime/offer-rests.ts';
import { stampsOf, type Stamps } from '../runtime/rest-terms.ts';
import type { Store } from './open-target.ts';

/** What is asked of the uploader. */
export interface Idler {
  readonly idle: { readonly for: Millis; readonly looks: number } | undefined;
}

/**
 * A start takes half a second of a processor on a desk, and far more on a board: nothing shall end a
 * rest sooner that is known of now.
 */
const WORTH_IT = minutes(5);
/** Not every disk of others says when something new lies in its folders. */
const LONGEST = minutes(15);
/** One of two looks in a row has begun after the first time that it was asked. */
const LOOKS_BETWEEN = 2;

/**
 * Places whose change is a reason to look: the doorbell beside the queue, the file of the
 * settings, and where the fleet writes to.
 */
export const watchedPlaces = ({ uploads, settings, device, stores }: {
  readonly uploads: string; readonly settings: string;
  readonly device: string; readonly stores: readonly (Store | undefined)[];
}): readonly string[] => [doorbellOf(uploads), settings, ...stores.flatMap((store) =>
  (store?.folder === undefined || store.answers === false ? []
    : [answersFolder, requestsFolder].map((folder) => path.resolve(store.folder ?? '', folder(device)))))];

/**
 * To be asked again and again. It offers a rest when the uploader has looked at everything since `places` were last
 * found to be other than before: whatever comes later finds them as they are told here, and ends the rest.
 */
export function restOffer(uploader: Idler, places: readonly string[], stamps: (
  places: readonly string[],
) => Stamps = stampsOf): () => RestOffer | undefined {
  let before: { readonly looks: number; readonly text: string } | undefined;
  return () => {
    const { idle } = uploader;
    const now = stamps(places);
    const text = JSON.stringify(now);
    if (idle === undefined) return void (before = undefined);
    if (before?.text !== text) return void (before = { looks: idle.looks, text });
    if (idle.looks - before.looks < LOOKS_BETWEEN || idle.for < WORTH_IT) return undefined;
    return { taken: 0, terms: { longest: millis(Math.min(idle.for, LONGEST)), watched: now } };
  };
}
