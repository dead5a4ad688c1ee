#!/usr/bin/env node
/**
 * Stands in for `rpicam-vid` on machines without its camera: takes the options that we use, refuses others as the real
 * one does, and writes H.264 or JPEG pictures in real time to standard output.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const CAMERAS = `Available cameras
-----------------
0 : simulated [1280x720 10-bit RGGB] (/base/simulated)
    Modes: 'SRGGB10_CSI2P' : 1280x720 [30.00 fps - (0, 0)/1280x720 crop]
`;

/** What the real one knows (core/options.cpp of rpicam-apps); anything else ends it. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['rotation', ['0', '180']], ['exposure', ['normal', 'sport', 'long', 'custom']],
  ['autofocus-mode', ['default', 'manual', 'auto', 'continuous']],
  ['awb', ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy', 'custom']],
]);

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  const options = readOptions(args);
  if (options === undefined) return;
  if (options['list-cameras']) return void process.stdout.write(CAMERAS);
  if (options.output !== '-' || !['h264', 'libav', 'mjpeg'].includes(options.codec) || options.timeout !== '0') {
    return refuse('the simulated camera writes endless video to standard output: -t 0 --codec h264 -o -');
  }
  const wrong = Object.entries(options).find(([name, word]) => WORDS.get(name)?.includes(String(word)) === false);
  if (wrong !== undefined) return refuse(`Invalid ${wrong[0]}: ${String(wrong[1])}`);
  const encoder = spawn('ffmpeg', encoderArguments(options), { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => encoder.kill(signal));
  encoder.on('exit', (code) => { process.exitCode = code ?? 0; });
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

function readOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        'list-cameras': flag, inline: flag,
        nopreview: { ...flag, short: 'n' }, timeout: { ...text, short: 't', default: '5000' },
        output: { ...text, short: 'o', default: '' },
        codec: { ...text, default: 'h264' }, width: { ...text, default: '640' },
        height: { ...text, default: '480' },
        framerate: { ...text, default: '30' }, intra: { ...text, short: 'g', default: '60' },
        bitrate: { ...text, short: 'b' }, 'libav-format': text,
        'libav-video-codec': text, 'libav-video-codec-opts': text,
        quality: { ...text, short: 'q' }, rotation: { ...text, default: '0' }, hflip: flag,
        vflip: flag, exposure: { ...text, default: 'normal' }, ev: text,
        shutter: text, gain: text, awb: { ...text, default: 'auto' },
        'autofocus-mode': { ...text, default: 'default' }, 'lens-position': text,
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): undefined {
  process.stderr.write(`ERROR: *** ${why} ***\n`);
  process.exitCode = 255;
}

/** It dies with whoever reads it: the next picture finds nobody. */
function encoderArguments({ width, height, framerate, intra, codec }: Options): readonly string[] {
  return [
    '-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${framerate}`,
    ...(codec === 'mjpeg' ? ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg']
      : [
        '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', intra, '-threads', '1', '-f', 'h264',
      ]),
    '-flush_packets', '1', 'pipe:1',
  ];
}
