/** What is kept of a photograph when somebody is named in it. */
import { ConfigError, DeviceError } from '../../core/errors.ts';
import type { Box } from '../../core/geometry.ts';
import { runTool } from '../../media/run-tool.ts';
import type { Face, FaceFinder } from '../faces/face-finder.ts';
import { decodePicture } from '../faces/read-picture.ts';
import { BYTES, Pyramid, type Picture } from '../nets/picture.ts';
import { rectangleOf, sharedArea } from '../nets/rectangle.ts';
import type { Descriptor } from './descriptor.ts';
import type { FaceDescriber } from './face-describer.ts';

export interface Portrait {
  readonly descriptor: Descriptor;
  /** A small JPEG of the face and what is around it. */
  readonly crop: Uint8Array;
}

/** Who looks for a face, and who describes it. */
export interface PortraitNets { readonly finder: FaceFinder; readonly describer: FaceDescriber }

const SIDE = 160;
const MARGIN = 1.8;
/** A face with fewer pixels than this from side to side is like everybody. */
const SMALLEST = 32;

/**
 * The portrait of the one face in `picture`.
 *
 * @param options - `name`: what errors call the picture; `box`: which of several faces, as fractions of the picture.
 * @throws {ConfigError} `people.no-face`, `people.several-faces`, `people.small-face`
 * @throws {DeviceError} As `runTool`.
 */
export async function takePortrait(
  picture: Picture, by: PortraitNets,
  { name, box }: { readonly name: string; readonly box?: Box },
): Promise<Portrait> {
  const face = theOne(by.finder.find(picture), picture, name, box);
  const { left, top, width, height } = rectangleOf(face.box, picture);
  if (width < SMALLEST) {
    throw new ConfigError('people.small-face', `the face in ${name} is ${Math.round(width)} pixels wide; `
      + `expected at least ${SMALLEST}: take a picture from nearer`);
  }
  const pyramid = Pyramid.of(picture);
  const square = { x: left + width / 2, y: top + height / 2, side: Math.max(width, height) * MARGIN };
  const descriptor = by.describer.describe(pyramid, face.points);
  return { descriptor, crop: await encode(pyramid.sample(square, SIDE, BYTES)) };
}

/** Describes the face in the middle of a portrait's crop; undefined where none is found again, or no picture. */
export async function describeCrop(
  crop: Uint8Array, { finder, describer }: PortraitNets,
): Promise<Descriptor | undefined> {
  try {
    const picture = await decodePicture(crop, 'the crop of a portrait');
    const face = finder.find(picture).find(({ box: [x, y, width, height] }) =>
      x < 0.5 && y < 0.5 && x + width > 0.5 && y + height > 0.5);
    return face === undefined ? undefined : describer.describe(Pyramid.of(picture), face.points);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function theOne(faces: readonly Face[], picture: Picture, name: string, box: Box | undefined): Face {
  const isMeant = (face: Face): boolean =>
    box === undefined || sharedArea(rectangleOf(face.box, picture), rectangleOf(box, picture)) > 0;
  const wanted = faces.filter(isMeant);
  const [face, another] = wanted;
  if (face === undefined) {
    throw new ConfigError('people.no-face', `no face was found in ${name}; expected one that looks at the camera`);
  }
  if (another !== undefined && box === undefined) {
    throw new ConfigError('people.several-faces',
      `${faces.length} faces were found in ${name}; expected one: cut the picture to the person you name`);
  }
  return face;
}

async function encode(pixels: Float32Array): Promise<Uint8Array> {
  const { exitCode, output, complaint } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe',
      '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${SIDE}x${SIDE}`, '-i', 'pipe:0',
      '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1',
    ],
    input: Uint8Array.from(pixels, Math.round),
  });
  if (exitCode === 0) return output;
  throw new DeviceError('people.crop-failed', `a picture of the face could not be made: ${complaint}`);
}
