/** Stands in for `rpicam-vid`: H.264 in real time, each picture with the time at which it was taken. */
import { spawn } from 'node:child_process';
import { timeCodeFilter } from './time-code.ts';

if (process.argv.includes('--list-cameras')) {
  process.stdout.write(
    'Available cameras\n-----------------\n0 : simulated [1280x720 10-bit RGGB] (/base/simulated)\n',
  );
} else {
  const encoder = spawn('ffmpeg', [
    '-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=15', '-vf', timeCodeFilter(),
    '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '30',
    '-threads', '1', '-f', 'h264',
    '-flush_packets', '1', 'pipe:1',
  ], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => encoder.kill(signal));
  encoder.on('exit', (code) => { process.exitCode = code ?? 0; });
}
