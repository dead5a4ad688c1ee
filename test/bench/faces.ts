/**
 * How well faces are found in photographs, by what is known of them: boxes, a number, or that there is none; and what
 * it costs.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Box } from '../../device/core/geometry.ts';
import { footage, tyto } from './project.ts';
import { outputOf, parseLines } from './run.ts';
import { scoreBoxes } from './score-faces.ts';

/** Boxes in pixels, `count` where only their number is known. */
interface FaceTruth {
  readonly boxes?: readonly Box[];
  readonly count?: number;
}
interface FacesLine {
  readonly file: string;
  readonly faces: readonly { readonly box: Box }[];
}

export interface FaceQuality {
  /** Faces with a box, how many of them were found, and what else was found in their pictures. */
  readonly boxed: { readonly faces: number; readonly found: number; readonly extra: number };
  /** Faces that were counted, and by how many the number found differs, picture by picture. */
  readonly counted: { readonly faces: number; readonly off: number };
  /** Pictures without a face, and what was found in them. */
  readonly without: { readonly pictures: number; readonly extra: number };
}

const folder = path.join(footage, 'faces');

/** Undefined where there are no photographs. */
export async function measureFaces(): Promise<FaceQuality | undefined> {
  const truthFile = path.join(folder, 'truth.json');
  if (!existsSync(truthFile)) return undefined;
  const truth = Object.entries(JSON.parse(readFileSync(truthFile, 'utf8')) as Readonly<Record<string, FaceTruth>>);
  const lines = parseLines(
    await outputOf(tyto(['faces', ...truth.map(([name]) => path.join(folder, name)), '--json'])),
  ) as readonly FacesLine[];
  const total = {
    boxed: { faces: 0, found: 0, extra: 0 },
    counted: { faces: 0, off: 0 },
    without: { pictures: 0, extra: 0 },
  };
  for (const [name, { boxes = [], count = 0 }] of truth) {
    const faces = lines.find(({ file }) => path.basename(file) === name)?.faces;
    if (faces === undefined) throw new Error(`tyto faces says nothing of ${name}`);
    if (boxes.length > 0) {
      const { found, extra } = scoreBoxes(
        await asFractions(boxes, path.join(folder, name)),
        faces.map(({ box }) => box),
      );
      total.boxed = {
        faces: total.boxed.faces + boxes.length,
        found: total.boxed.found + found,
        extra: total.boxed.extra + extra,
      };
    } else if (count > 0) {
      total.counted = { faces: total.counted.faces + count, off: total.counted.off + Math.abs(faces.length - count) };
    } else {
      total.without = { pictures: total.without.pictures + 1, extra: total.without.extra + faces.length };
    }
  }
  return total;
}

/** A photograph with one large face. */
export const portrait = (): string => path.join(folder, 'human-person-celeste.jpg');

async function asFractions(boxes: readonly Box[], picture: string): Promise<readonly Box[]> {
  const answer = await outputOf([
    'ffprobe',
    '-v',
    'error',
    '-of',
    'csv=p=0',
    '-show_entries',
    'stream=width,height',
    picture,
  ]);
  const [wide = NaN, high = NaN] = answer.split(',').map(Number);
  return boxes.map(([x, y, width, height]): Box => [x / wide, y / high, width / wide, height / high]);
}
