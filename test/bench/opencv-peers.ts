/** What others do with OpenCV; runs where Debian's python3-opencv is installed. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { detectionsOf, type Detections } from './detections.ts';
import { peers, type Command } from './project.ts';
import { outputOf, parseLines } from './run.ts';
import type { DetectionRow } from './score.ts';

/** As `peers/opencv.py` calls them, and for people. */
export const opencvMethods = {
  mog2: 'OpenCV MOG2, no shadows',
  knn: 'OpenCV KNN, no shadows',
  mean: 'running mean',
  kerberos: 'three frames, as Kerberos.io machinery',
  frigate: 'running mean, as Frigate improved_motion',
} as const;
export type OpencvMethod = keyof typeof opencvMethods;
export const methodNames = Object.keys(opencvMethods) as readonly OpencvMethod[];

export class OpencvPeers {
  readonly #python: string;
  readonly version: string;
  private constructor(python: string, version: string) {
    this.#python = python;
    this.version = version;
  }

  /** Undefined where no Python has OpenCV. */
  static find(): OpencvPeers | undefined {
    // A Python of the user's own may stand before Debian's, without Debian's packages.
    for (const python of ['python3', '/usr/bin/python3']) {
      const { status, stdout } = spawnSync(python, ['-c', 'import cv2; print(cv2.__version__)'], { encoding: 'utf8' });
      if (status === 0) return new OpencvPeers(python, stdout.trim());
    }
    return undefined;
  }

  command(methods: readonly OpencvMethod[], clip: string): Command {
    return [this.#python, path.join(peers, 'opencv.py'), methods.join(','), clip];
  }

  /** All methods on the same frames. */
  async detect(clip: string): Promise<ReadonlyMap<OpencvMethod, Detections>> {
    const lines = parseLines(await outputOf(this.command(methodNames, clip))) as readonly (DetectionRow & {
      readonly method: OpencvMethod;
    })[];
    return new Map(methodNames.map((method) => [method, detectionsOf(lines.filter((line) => line.method === method))]));
  }
}
