/**
 * Finds faces in a picture. A network looks at the whole and at overlapping tiles of it; each place that it names is
 * looked at twice more before it counts: by a second network, and by the first one again, nearer and upright.
 */
import type { Box } from '../../core/geometry.ts';
import { Pyramid, squareAround, type Picture, type Square } from '../nets/picture.ts';
import { boxOf, sharedOfUnion } from '../nets/rectangle.ts';
import { meanTheSame, mergeCandidates, squareOf, type Candidate, type FacePoints } from './candidate.ts';
import { FaceNet } from './face-net.ts';
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
/** The second look is at a square this many times as long as the face: the size that the network knows best. */
const NEARER = 4;
/** What the second look must share with the first to be the same face. */
const AGAIN = 0.4;
const NOWHERE: Candidate = {
  left: 0, top: 0, width: 1, height: 1, score: 0,
  points: { rightEye: [0.3, 0.3], leftEye: [0.7, 0.3], nose: [0.5, 0.5], mouth: [0.5, 0.7] },
};

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
    return this.findIn(new Pyramid(picture), tilesOf(picture), minimumScore);
  }

  /** Every face that shows in one of `squares`, the surest first. One look for each square, and two for each face. */
  findIn(picture: Pyramid, squares: readonly Square[], minimumScore: number = MINIMUM_SCORE): Face[] {
    const noted = squares.flatMap((square) =>
      this.#net.detect(picture, square, NOTE).filter((candidate) => isWhole(candidate, square, picture.size)));
    const sure = mergeCandidates(noted).flatMap((candidate) => this.#confirm(picture, candidate, minimumScore));
    return withoutDoubles(sure).map((face) =>
      ({ box: boxOf(face, picture.size), score: face.score, points: face.points }));
  }

  /** Looks at nothing: the first look takes several times as long as those after it. */
  warmUp(nothing: Pyramid): void {
    this.#net.detect(nothing, squareAround(nothing.size), NOTE);
    this.#mesh.sureness(nothing, NOWHERE);
  }

  [Symbol.dispose](): void {
    this.#net[Symbol.dispose]();
    this.#mesh[Symbol.dispose]();
  }

  /**
   * The score is the geometric mean of three opinions, so that each of them can refuse; the dearest is asked last, and
   * only while it can still matter.
   */
  #confirm(picture: Pyramid, candidate: Candidate, minimumScore: number): Candidate[] {
    const first = candidate.score * this.#mesh.sureness(picture, candidate);
    const least = minimumScore ** 3 / first;
    if (least > 1) return [];
    const nearer = this.#again(picture, candidate, least);
    return nearer === undefined ? [] : [{ ...nearer, score: Math.cbrt(first * nearer.score) }];
  }

  /** The same face, seen from nearer with at least that score: as it is, or else smoothed. */
  #again(picture: Pyramid, candidate: Candidate, least: number): Candidate | undefined {
    const square = squareOf(candidate, NEARER);
    const best = (found: readonly Candidate[]): Candidate | undefined =>
      mergeCandidates(found.filter((other) => sharedOfUnion(candidate, other) > AGAIN)).at(0);
    return best(this.#net.detect(picture, square, least)) ?? best(this.#net.detectSoftly(picture, square, least));
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
