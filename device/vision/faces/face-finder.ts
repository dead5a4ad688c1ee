/**
 * Finds faces in a picture. A network looks at the whole and at overlapping tiles of it; each place that it names is
 * looked at twice more before it counts: by a second network, and by the first one again, nearer and upright.
 */
import type { Box } from '../../core/geometry.ts';
import { Pyramid, squareAround, type Picture, type Square } from '../nets/picture.ts';
import { boxOf, sharedOfUnion } from '../nets/rectangle.ts';
import { meanTheSame, mergeCandidates, squareOf, type Candidate, type FacePoints } from './candidate.ts';
import { FACE_NET_SIDE, FaceNet, type Glance } from './face-net.ts';
import { MeshNet } from './mesh-net.ts';
import { isWhole, tilesOf } from './tiles.ts';

export interface Face {
  /** Fractions of the picture, within it. */
  readonly box: Box;
  /** From 0 to 1. */
  readonly score: number;
  /** In pixels of the picture. */
  readonly points: FacePoints;
}

/** The default of the setting `faces.minimum_score`. */
const MINIMUM_SCORE = 0.65;
/** What the first look takes note of. */
const NOTE = 0.3;
/** How closely it is looked, in pixels along a side of what the network is shown: half of it costs a quarter. */
interface Care {
  /** Of the first look. */
  readonly first: number;
  /** Of the nearer one, which is at a square `times` as long as the face. */
  readonly nearer: number;
  readonly times: number;
}
/** Both show the face nearer in the size that the network knows best: 64 pixels. */
const PHOTOGRAPH: Care = { first: FACE_NET_SIDE, nearer: FACE_NET_SIDE, times: 4 };
/** The face of what moves takes a good part of its square, and the next picture comes soon. */
const MOVER: Care = { first: 160, nearer: 128, times: 2 };
/** What the second look must share with the first to be the same face. */
const AGAIN = 0.4;
const NOWHERE: Candidate = {
  left: 0, top: 0, width: 1, height: 1, score: 0,
  points: { rightEye: [0.3, 0.3], leftEye: [0.7, 0.3], nose: [0.5, 0.5], mouth: [0.5, 0.7] },
};

interface Wanted { readonly squares: readonly Square[]; readonly care: Care; readonly minimumScore: number }

/** Needs a backend that runs (`startBackend`). A call keeps its thread busy until it has looked. */
export class FaceFinder implements Disposable {
  readonly #net: FaceNet;
  readonly #mesh: MeshNet;
  private constructor(net: FaceNet, mesh: MeshNet) {
    this.#net = net;
    this.#mesh = mesh;
  }

  /** @throws {DeviceError} `vision.net-missing`, `vision.net-altered` */
  static async open(): Promise<FaceFinder> { return new FaceFinder(await FaceNet.load(), await MeshNet.load()); }

  /** Every face in a picture, the surest first: small ones too, which takes a look at many tiles. */
  find(picture: Picture, minimumScore: number = MINIMUM_SCORE): Face[] {
    return this.#findIn(Pyramid.of(picture), { squares: tilesOf(picture), care: PHOTOGRAPH, minimumScore });
  }

  /**
   * Every face that shows in one of `squares`, in each of which something moves, the surest first. One look for each
   * square, and two for each face.
   */
  findIn(picture: Pyramid, squares: readonly Square[], minimumScore: number = MINIMUM_SCORE): Face[] {
    return this.#findIn(picture, { squares, care: MOVER, minimumScore });
  }

  /** Looks at nothing: the first look takes several times as long as those after it. */
  warmUp(nothing: Pyramid): void {
    for (const side of [MOVER.first, MOVER.nearer])
      this.#net.detect(nothing, { square: squareAround(nothing.size), side }, NOTE);
    this.#mesh.sureness(nothing, NOWHERE);
  }

  [Symbol.dispose](): void {
    this.#net[Symbol.dispose]();
    this.#mesh[Symbol.dispose]();
  }

  #findIn(picture: Pyramid, { squares, care, minimumScore }: Wanted): Face[] {
    const noted = squares.flatMap((square) =>
      this.#net.detect(picture, { square, side: care.first }, NOTE)
        .filter((candidate) => isWhole(candidate, square, picture.size)));
    const sure = mergeCandidates(noted)
      .flatMap((candidate) => this.#confirm(picture, candidate, { care, minimumScore }));
    return withoutDoubles(sure).map((face) =>
      ({ box: boxOf(face, picture.size), score: face.score, points: face.points }));
  }

  /**
   * The score is the geometric mean of three opinions, so that each of them can refuse; the dearest is asked last, and
   * only while it can still matter.
   */
  #confirm(
    picture: Pyramid, candidate: Candidate, { care, minimumScore }: Omit<Wanted, 'squares'>,
  ): Candidate[] {
    const first = candidate.score * this.#mesh.sureness(picture, candidate);
    const least = minimumScore ** 3 / first;
    if (least > 1) return [];
    const glance = { square: squareOf(candidate, care.times), side: care.nearer };
    const nearer = this.#again(picture, candidate, { glance, least });
    return nearer === undefined ? [] : [{ ...nearer, score: Math.cbrt(first * nearer.score) }];
  }

  /** The same face, seen from nearer with at least that score: as it is, or else smoothed. */
  #again(
    picture: Pyramid, candidate: Candidate, { glance, least }: { readonly glance: Glance; readonly least: number },
  ): Candidate | undefined {
    const best = (found: readonly Candidate[]): Candidate | undefined =>
      mergeCandidates(found.filter((other) => sharedOfUnion(candidate, other) > AGAIN)).at(0);
    return best(this.#net.detect(picture, glance, least))
      ?? best(this.#net.detect(picture, { ...glance, smooth: true }, least));
  }
}

/** Places that mean the same are one face, which stands where the surest says. */
function withoutDoubles(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((surer) => meanTheSame(surer, candidate))) kept.push(candidate);
  }
  return kept;
}
