import type { Settings } from '../../config/settings.ts';
import type { ColourFrame, Observation } from '../../core/frame.ts';
import { silentLog } from '../../core/log.ts';
import { startBackend } from '../../vision/backend.ts';
import { KnownPeople } from '../../vision/people/known-people.ts';
import { PeopleStore } from '../../vision/people/people-store.ts';
import { Recogniser } from '../../vision/recogniser.ts';
import type { RecognitionWishes } from '../../vision/recognition.ts';
import type { Recognition } from '../../watch/recognition.ts';
import { ColourMoments } from './colour-moments.ts';

/**
 * Looks for faces and things in what moves: at every colour frame, where a device leaves out what it has no time for.
 */
export class ColourLooks implements Disposable {
  readonly #recogniser: Recogniser;
  readonly #wishes: RecognitionWishes;
  readonly #moments = new ColourMoments();

  private constructor(recogniser: Recogniser, wishes: RecognitionWishes) {
    this.#recogniser = recogniser;
    this.#wishes = wishes;
  }

  /** @param people - The folder of the people who have been named. */
  static async open({ faces, objects }: Settings, people: string): Promise<ColourLooks> {
    await startBackend(silentLog);
    const store = new PeopleStore(people, ({ place, why }) => {
      process.stderr.write(`tyto: a damaged picture of a person is put aside: ${place}: ${why}\n`);
    });
    return new ColourLooks(new Recogniser(new KnownPeople(store)), {
      faces: true,
      objects: objects.mode !== 'off',
      minimumScore: faces.minimum_score,
      match: faces.match,
    });
  }

  put(frame: ColourFrame): void {
    this.#moments.put(frame);
  }

  /** What shows in the frames up to the moment of `seen`, where something moved, each with what was seen then. */
  async until(seen: Observation): Promise<readonly Recognition[]> {
    const found: Recognition[] = [];
    for (const moment of this.#moments.until(seen)) {
      const { frame, seen: { tracks } } = moment;
      const { faces, objects } = await this.#recogniser.look({ frame, tracks, wishes: this.#wishes });
      found.push({ seen: moment.seen, faces, things: objects });
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.#recogniser[Symbol.dispose]();
  }
}
