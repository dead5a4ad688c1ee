/** A video file that behaves as a camera: in real time, and from the start again after its end. */
import { DeviceError } from '../../core/errors.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { FILE_ONLY, inspectFile } from './inspect-file.ts';

export class FileFeed implements FeedSource {
  readonly label: string;
  constructor(file: string) { this.label = file; }

  async open(signal: AbortSignal): Promise<Feed> {
    const inspection = await inspectFile(this.label, signal);
    if (!inspection.ok) throw new DeviceError(inspection.code, inspection.reason);
    return {
      input: ['-re', '-stream_loop', '-1', '-fflags', '+genpts', ...FILE_ONLY, '-i', `file:${this.label}`],
      stdin: { type: 'nothing' },
      codec: inspection.video.codec,
      size: inspection.video.size,
    };
  }
}
