/** Looks at what moves in a colour frame: faces, whose they are, and people, vehicles and animals. */
import type { Box, Size } from '../core/geometry.ts';
import { FaceFinder, type Face } from './faces/face-finder.ts';
import { Pyramid, squareAround, type Square } from './nets/picture.ts';
import { areaOf, boxOf, rectangleOf, sharedArea, sharedOfUnion, type Rectangle } from './nets/rectangle.ts';
import { ThingNet } from './objects/thing-net.ts';
import { FaceDescriber } from './people/face-describer.ts';
import type { KnownPeople } from './people/known-people.ts';
import { describeCrop, type PortraitNets } from './people/portrait.ts';
import type { Look, RecognisedFace, RecognisedObject, Recognition, RecognitionWishes } from './recognition.ts';

/** How many of the largest tracks are looked at for each: what bounds the time of one look. */
const MOST_FACES_TRACKS = 4;
const MOST_THINGS_TRACKS = 3;
/** How sure a thing must be. */
const THING_SCORE = 0.3;
/** What a found thing must share with a track to be it: boxes of motion are loose. */
const SHARED_BY_THING = 0.25;

interface Mover extends Rectangle { readonly id: number }
type Acquaintances = Pick<KnownPeople, 'refresh' | 'nearest'>;
type Whose = Pick<RecognisedFace, 'person' | 'similarity'>;

/** Loads each network when it is first wished for. Needs a backend that runs (`startBackend`). */
export class Recogniser implements Disposable {
  readonly #people: Acquaintances | undefined;
  #finder: FaceFinder | undefined;
  #describer: FaceDescriber | undefined;
  #things: ThingNet | undefined;

  /** @param people - Who has been named; without them every face is unknown. */
  constructor(people: Acquaintances | undefined) { this.#people = people; }

  /**
   * Loads what `wishes` need, and has it look at nothing once: a network's first look takes several times as long as
   * those after it.
   *
   * @throws {DeviceError} As `look`.
   */
  async prepare({ faces, objects }: Pick<RecognitionWishes, 'faces' | 'objects'>): Promise<void> {
    const nothing = Pyramid.of({ width: 1, height: 1, pixels: new Uint8Array(3) });
    if (faces) {
      (await this.#faceFinder()).warmUp(nothing);
      if (await this.#knownPeople() > 0) (await this.#faceDescriber()).warmUp(nothing);
    }
    if (objects) (await this.#thingNet()).detect(nothing, squareAround(nothing.size), THING_SCORE);
  }

  /** @throws {DeviceError} `vision.net-missing`, `vision.net-altered` */
  async look({ frame, tracks, wishes }: Look): Promise<Recognition> {
    using picture = Pyramid.ofVideo(frame);
    const movers = tracks.map(({ id, box }) => ({ id, ...rectangleOf(box, frame) }))
      .toSorted((a, b) => areaOf(b) - areaOf(a));
    return {
      at: frame.at,
      faces: wishes.faces ? await this.#faces(picture, movers.slice(0, MOST_FACES_TRACKS), wishes) : [],
      objects: wishes.objects ? await this.#objects(picture, movers.slice(0, MOST_THINGS_TRACKS)) : [],
    };
  }

  [Symbol.dispose](): void {
    this.#finder?.[Symbol.dispose]();
    this.#describer?.[Symbol.dispose]();
    this.#things?.[Symbol.dispose]();
  }

  async #faces(picture: Pyramid, movers: readonly Mover[], wishes: RecognitionWishes): Promise<RecognisedFace[]> {
    const finder = await this.#faceFinder();
    const found = finder.findIn(picture, movers.map(headOf), wishes.minimumScore);
    const faces: RecognisedFace[] = [];
    for (const face of found) {
      const owner = ownerOf(face.box, movers, picture.size);
      if (owner === undefined) continue;
      faces.push({ box: face.box, score: face.score, track: owner.id, ...await this.#whose(picture, face, wishes) });
    }
    return faces;
  }

  async #whose(picture: Pyramid, face: Face, { match }: RecognitionWishes): Promise<Whose> {
    if (await this.#knownPeople() === 0) return { person: null, similarity: null };
    const nearest = this.#people?.nearest((await this.#faceDescriber()).describe(picture, face.points));
    if (nearest === undefined) return { person: null, similarity: null };
    return { person: nearest.similarity >= match ? nearest.name : null, similarity: nearest.similarity };
  }

  async #objects(picture: Pyramid, movers: readonly Mover[]): Promise<RecognisedObject[]> {
    const net = await this.#thingNet();
    return movers.flatMap((mover) => {
      const [thing] = net.detect(picture, around(mover), THING_SCORE)
        .filter((found) => sharedOfUnion(found, mover) > SHARED_BY_THING);
      if (thing === undefined) return [];
      return [{ label: thing.label, score: thing.score, box: boxOf(thing, picture.size), track: mover.id }];
    });
  }

  /** How many people there are to compare with, after what another network described is described anew. */
  async #knownPeople(): Promise<number> {
    const nets = async (): Promise<PortraitNets> =>
      ({ finder: await this.#faceFinder(), describer: await this.#faceDescriber() });
    return await this.#people?.refresh(async (crop) => describeCrop(crop, await nets())) ?? 0;
  }

  async #faceFinder(): Promise<FaceFinder> { return this.#finder ??= await FaceFinder.open(); }
  async #faceDescriber(): Promise<FaceDescriber> { return this.#describer ??= await FaceDescriber.load(); }
  async #thingNet(): Promise<ThingNet> { return this.#things ??= await ThingNet.load(); }
}

/** A thing is told best with much around it, and not magnified beyond this. */
const SMALLEST_THING_SQUARE = 144;
const THING_MARGIN = 2.2;
const SMALLEST_HEAD_SQUARE = 64;
/** From here on (height by width) something stands upright, and a face is in its upper part. */
const UPRIGHT = 1.3;

const around = ({ left, top, width, height }: Rectangle): Square => ({
  x: left + width / 2, y: top + height / 2,
  side: Math.max(SMALLEST_THING_SQUARE, Math.max(width, height) * THING_MARGIN),
});

/** The square in which a mover's face would be. A box of motion may lack the head, so the square begins above it. */
function headOf({ left, top, width, height }: Rectangle): Square {
  const x = left + width / 2;
  if (height < UPRIGHT * width) {
    return { x, y: top + height / 2, side: Math.max(SMALLEST_HEAD_SQUARE, Math.max(width, height) * 1.25) };
  }
  const side = Math.max(SMALLEST_HEAD_SQUARE, Math.max(width * 1.4, height * 0.6));
  return { x, y: top - 0.15 * side + side / 2, side };
}

/** Of the movers near a face the one that covers most of it; of equals the smallest. */
function ownerOf(face: Box, movers: readonly Mover[], size: Size): Mover | undefined {
  const place = rectangleOf(face, size);
  const reach = (mover: Mover): Rectangle => {
    const { x, y, side } = headOf(mover);
    return { left: x - side / 2, top: y - side / 2, width: side, height: side };
  };
  const covers = (mover: Mover): number => Math.max(sharedArea(mover, place), 0.5 * sharedArea(reach(mover), place));
  return movers.toSorted((a, b) => covers(b) - covers(a) || areaOf(a) - areaOf(b)).find((mover) => covers(mover) > 0);
}
