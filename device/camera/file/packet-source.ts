/** The inner port: a video's compressed pictures, wherever they are read from. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { EncodedPicture } from '../gate/encoded-picture.ts';

export interface PacketSource {
  readonly file: string;
  readonly init: InitSegment;
  /**
   * In the order of decoding, as many at a time as are at hand. To be read once.
   * @throws {DeviceError} `camera.damaged` when the file cannot be read to its end.
   * @throws {Mp4Error} The same, of a stream that ffmpeg wrote.
   * @throws {unknown} The reason of the signal that it was opened with.
   */
  pictures(): AsyncIterable<readonly EncodedPicture[]>;
  /** Ends whatever reads. */
  close(): void;
}
