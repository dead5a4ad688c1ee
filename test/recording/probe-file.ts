/** What a finished picture or video file shows, as ffmpeg tells. */
import { runTool } from '../../device/media/run-tool.ts';

export interface Probed {
  readonly codec: string;
  readonly pixels: string;
  /** Pictures that decode. */
  readonly pictures: number;
  /** Seconds; 0 of a single picture. */
  readonly duration: number;
  /** Mean luma of all pictures. */
  readonly brightness: number;
}

export async function probeFile(file: string): Promise<Probed> {
  const { output } = await runTool({
    tool: 'ffprobe',
    args: [
      '-v', 'error', '-select_streams', 'v', '-count_frames', '-show_entries',
      'stream=codec_name,pix_fmt,nb_read_frames,duration', '-of', 'default=nw=1', file,
    ],
  });
  const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(output.toString())?.[1] ?? '';
  const stats = await runTool({
    tool: 'ffmpeg', args: ['-v', 'error', '-i', file, '-vf', 'signalstats,metadata=print:file=-', '-f', 'null', '-'],
  });
  const means = [...stats.output.toString().matchAll(/YAVG=([\d.]+)/g)].map(([, value]) => Number(value));
  return {
    codec: field('codec_name'), pixels: field('pix_fmt'),
    pictures: Number(field('nb_read_frames')), duration: Number(field('duration')) || 0,
    brightness: means.reduce((sum, value) => sum + value, 0) / Math.max(1, means.length),
  };
}
