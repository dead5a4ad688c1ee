/** ffmpeg's command line for one camera: one demux, a recording and small gray frames. */
import { graySize, grayOutput } from './gray.ts';
import type { Feed } from './feed.ts';

/** Descriptors of ffmpeg's outputs. */
export const GRAY_FD = 1;
export const MP4_FD = 3;

/** All of ffmpeg's arguments for `feed`. */
export const streamArguments = (feed: Feed): readonly string[] => [
  '-nostdin', '-hide_banner', '-loglevel', 'warning',
  '-threads', '1', '-filter_threads', '1', // of the decoder: more would only add delay and memory
  ...feed.input,
  ...recordingOutput(feed.codec),
  ...grayOutput(graySize(feed.size), GRAY_FD),
];

/** Fragments begin at keyframes and after half a second: small enough to lose, large enough to keep. */
const recordingOutput = (codec: string): readonly string[] => [
  '-map', '0:V:0', '-an', ...videoEncoding(codec),
  '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', '-flush_packets', '1',
  `pipe:${MP4_FD}`,
];

/** What is H.264 or H.265 stays as it is; anything else becomes H.264 of constant quality with a keyframe every 2 s. */
function videoEncoding(codec: string): readonly string[] {
  if (codec === 'h264') return ['-c:v', 'copy'];
  if (codec === 'hevc') return ['-c:v', 'copy', '-tag:v', 'hvc1']; // players want the parameters in the head
  return [
    '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '23', '-pix_fmt', 'yuv420p', '-threads', '1',
    // Pictures keep the times at which they came; keyframes are therefore placed by time, not by count.
    '-fps_mode', 'vfr', '-g', '600', '-force_key_frames', 'expr:gte(t,n_forced*2)',
  ];
}
