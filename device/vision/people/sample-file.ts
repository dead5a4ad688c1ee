/** The files of one person: who it is, and one for each picture of the face. Checked when read: disks forget, too. */
import { z } from 'zod';
import { DESCRIPTOR_LENGTH, type Descriptor } from './descriptor.ts';

/** Wall clock, milliseconds from the epoch. */
const moment = z.number().int().nonnegative();

export const personSchema = z.strictObject({
  version: z.literal(1), name: z.string().min(1).max(256), created: moment,
});

/** What the person was called before, and until when: events of that time may still say so. */
export const formerSchema = z.strictObject({
  version: z.literal(1),
  names: z.array(z.strictObject({ name: z.string().min(1).max(256), until: moment })),
});

/** The network that described the face, and how it was shown it: numbers of another way cannot be compared. */
export const DESCRIBED_BY = 'dlib-resnet-v1';
/** What another way may take. */
const LONGEST_DESCRIPTOR = 16_384;

export const sampleSchema = z.strictObject({
  version: z.literal(1),
  taken: moment,
  /** Where the picture came from. */
  source: z.strictObject({ kind: z.enum(['event', 'file', 'upload']), name: z.string().max(256) }),
  described_by: z.string().max(64),
  /** Little-endian 32-bit floats, as base64. */
  descriptor: z.string().max(LONGEST_DESCRIPTOR),
});
export type SampleFile = Readonly<z.infer<typeof sampleSchema>>;

export function packDescriptor(descriptor: Descriptor): string {
  const bytes = Buffer.alloc(4 * descriptor.length);
  descriptor.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return bytes.toString('base64');
}

/** @returns undefined for anything but `DESCRIPTOR_LENGTH` finite numbers. */
export function unpackDescriptor(text: string): Descriptor | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 4 * DESCRIPTOR_LENGTH) return undefined;
  const descriptor = Float32Array.from({ length: DESCRIPTOR_LENGTH }, (_, index) => bytes.readFloatLE(4 * index));
  return descriptor.every(Number.isFinite) ? descriptor : undefined;
}
