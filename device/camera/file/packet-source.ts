/** The inner port: a video's compressed pictures, wherever they are read from. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { EncodedPicture } from '../gate/encoded-picture.ts';

export interface PacketFaults {
  /** What is read here is not as it was. */
  add(): void;
  /** Remembers this place: what it returns tells of it later, as `add` does at once. */
  here(): () => void;
  /** No more comes, with the last words of whatever read. */
  ended(words: string): void;
}

export interface PacketSource {
  readonly file: string;
  readonly init: InitSegment;
  /**
   * In the order of decoding, as many at a time as are at hand. To be read once.
   *
   * @param faults - Told of what is wrong with what is read.
   * @throws {DeviceError} `camera.damaged` when the file cannot be read to its end.
   * @throws {unknown} The reason of the signal that it was opened with.
   */
  pictures(faults: PacketFaults): AsyncIterable<readonly EncodedPicture[]>;
  /** Ends whatever reads. */
  close(): void;
}
