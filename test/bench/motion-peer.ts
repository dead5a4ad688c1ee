/**
 * The program Motion (https://motion-project.github.io), where it is installed. It plays a file as slowly as a camera
 * would send it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from './project.ts';
import { outputOf } from './run.ts';
import type { DetectedEvent } from './score.ts';

interface PlayedClip {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** From the start of the program to the first picture: what Motion needs to open the file, to a second or so. */
const OPENING = 1;

/** Its version, or undefined where it is not installed. */
export function motionVersion(): string | undefined {
  const { stdout } = spawnSync('motion', ['-h'], { encoding: 'utf8' });
  return /Version ([\d.]+)/.exec(stdout ?? '')?.[1];
}

/** Detection alone: no movie, no pictures, no page. Whoever runs it calls `remove` afterwards. */
export class MotionRun implements Disposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'tyto-bench-motion-'));
  readonly #log = path.join(this.#folder, 'events');
  /** Ends after `playFor` seconds. */
  readonly command: Command;

  constructor({ file, width, height, framesPerSecond }: PlayedClip, playFor: number) {
    const configuration = path.join(this.#folder, 'motion.conf');
    writeFileSync(this.#log, '');
    writeFileSync(
      configuration,
      [
        'daemon off',
        'setup_mode off',
        'log_level 3',
        `netcam_url file://${file}`,
        `width ${width}`,
        `height ${height}`,
        `framerate ${framesPerSecond}`,
        'picture_output off',
        'movie_output off',
        'webcontrol_port 0',
        'stream_port 0',
        'event_gap 10',
        `on_event_start echo "start $(date +%s.%N)" >> ${this.#log}`,
        `on_event_end echo "end $(date +%s.%N)" >> ${this.#log}`,
        '',
      ].join('\n'),
    );
    this.command = ['timeout', '--preserve-status', '-s', 'INT', `${playFor}`, 'motion', '-n', '-c', configuration];
  }

  /** Plays the clip; events with their times in it, to a second or so. */
  async events(): Promise<readonly DetectedEvent[]> {
    const began = Date.now() / 1000 + OPENING;
    await outputOf(this.command);
    const marks = readFileSync(this.#log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const times = (what: string): number[] =>
      marks.filter(([mark]) => mark === what).map(([, time]) => Number(time) - began);
    const ends = times('end');
    return times('start').map((start, index) => ({ start, end: ends[index] ?? Infinity }));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
