/** Somebody whom a user has named, and the pictures that the person is known by. */
import type { Millis } from '../../core/units.ts';
import type { Descriptor } from './descriptor.ts';
import type { SampleFile } from './sample-file.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Wall clock. */
  readonly created: Millis;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly id: string;
  /** Wall clock. */
  readonly taken: Millis;
  readonly source: SampleSource;
  /** Undefined where another network described the face than the one that looks today; see `describeAnew`. */
  readonly descriptor: Descriptor | undefined;
}

export type SampleSource = SampleFile['source'];

export interface NewSample {
  readonly descriptor: Descriptor;
  /** A small JPEG of the face. */
  readonly crop: Uint8Array;
  readonly source: SampleSource;
  /** Wall clock. */
  readonly taken: Millis;
}
