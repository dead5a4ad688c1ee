import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../../media/run-tool.ts';
import { clipPackets } from '../simulated/clip-packets.ts';
import { reorderDepth } from './reorder-depth.ts';

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast'];
const STREAMS: Readonly<Record<string, readonly string[]>> = {
  'in order': X264,
  'one out of order': [...X264, '-bf', '3', '-b_strategy', '0', '-x264-params', 'b-pyramid=none'],
  'a pyramid': [...X264, '-bf', '8', '-b_strategy', '0', '-x264-params', 'b-pyramid=normal'],
  'out of order in its head alone': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-x264-params', 'b-bias=-100'],
  'with a bit rate, colours and a shape of pixels': [
    ...X264, '-bf', '2', '-b:v', '400k', '-minrate', '400k', '-maxrate', '400k', '-bufsize', '400k', '-nal-hrd', 'cbr', '-aspect', '3:1',
    '-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-chroma_sample_location', 'left',
  ],
  'with scaling lists': [...X264, '-bf', '2', '-profile:v', 'high', '-x264-params', 'cqm=jvt'],
  'interlaced': [...X264, '-bf', '2', '-flags', '+ildct+ilme'],
  'of full colour': [...X264, '-bf', '2', '-pix_fmt', 'yuv444p'],
  'of an odd size': [...X264, '-bf', '2', '-vf', 'crop=58:42'],
  'H.265': [...X265, '-x265-params', 'log-level=none:bframes=4'],
  'H.265 in order': [...X265, '-x265-params', 'log-level=none:bframes=0'],
  'H.265 in temporal layers': [...X265, '-x265-params', 'log-level=none:bframes=4:temporal-layers=1:b-pyramid=1'],
};

describe('how far a stream\'s head says that pictures are out of order', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-reorder-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, encoding] of Object.entries(STREAMS)) {
    it(`is what ffmpeg reads there of a stream ${name}`, async () => {
      const file = path.join(folder, 'packets.mp4');
      const { init } = await clipPackets(file, 1, encoding);
      const { output } = await runTool({
        tool: 'ffprobe', args: ['-v', 'error', '-show_entries', 'stream=has_b_frames', '-of', 'csv=p=0', file],
      });
      assert.equal(reorderDepth(init), Number(output.toString()));
    });
  }
});
