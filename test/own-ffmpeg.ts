/** An ffmpeg of our making in front of the system's: for what no test machine has, and for what real ones do wrong. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Runs `work` with it.
 * @param script - Of bash; `"$@"` are the arguments, `real` runs the system's ffmpeg in place of it.
 */
export async function withOwnFfmpeg<T>(script: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-ffmpeg-'));
  try {
    await writeFile(
      path.join(folder, 'ffmpeg'), `#!/bin/bash\nreal() { exec env PATH="${before}" ffmpeg "$@"; }\n${script}\n`,
    );
    // Whoever decodes is nobody, and has to read the script.
    await Promise.all([chmod(folder, 0o755), chmod(path.join(folder, 'ffmpeg'), 0o755)]);
    process.env['PATH'] = `${folder}:${before}`;
    return await work();
  } finally {
    process.env['PATH'] = before;
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The decoders of a Raspberry Pi, as its ffmpeg takes them: the options of hardware are understood and what comes is
 * the same. What `log` names gets a line for each of its uses.
 */
export const boardFfmpeg = (log: string): string => `
args=(); used=
while [ $# -gt 0 ]; do case "$1 $2" in
  "-c:v h264_v4l2m2m") used=h264; shift;;
  "-hwaccel drm") used=hevc; shift;;
  "-hwaccel_output_format drm_prime") shift;;
  *) args+=("\${1/hwdownload,format=yuv420p|nv12|yuv420p10|p010,/}");;
esac; shift; done
[ -n "$used" ] && echo "$used" >> ${log}
real "\${args[@]}"`;

/** A system's list of video devices. */
export async function listDevices(folder: string, ...titles: readonly string[]): Promise<string> {
  for (const [index, title] of titles.entries()) {
    await mkdir(path.join(folder, `video${index}`), { recursive: true });
    await writeFile(path.join(folder, `video${index}`, 'name'), `${title}\n`);
  }
  return folder;
}
