/** The vision thread: a detector for the frames that come, begun anew when their size changes. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { BugError } from '../core/errors.ts';
import type { GrayFrame } from '../core/frame.ts';
import type { Log, LogFields } from '../core/log.ts';
import { ratio } from '../core/units.ts';
import { startBackend } from './backend.ts';
import { MotionDetector } from './motion-detector.ts';
import type { LogLevel, WorkerMessage, WorkerSettings } from './worker-messages.ts';

if (parentPort === null) throw new BugError('vision.worker', 'worker-entry runs as a worker thread only');
await serve(parentPort, workerData as WorkerSettings);

async function serve(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const say = (message: WorkerMessage): void => port.postMessage(message);
  let detector: MotionDetector | undefined;
  let size = '';

  async function look(frame: GrayFrame): Promise<void> {
    const began = performance.now();
    if (detector === undefined || size !== `${frame.width}x${frame.height}`) {
      detector?.[Symbol.dispose]();
      detector = await MotionDetector.create({ ...settings, width: frame.width, height: frame.height });
      size = `${frame.width}x${frame.height}`;
    }
    const observation = detector.observe(frame);
    say({ type: 'seen', observation, tookMs: performance.now() - began });
  }

  ratio(settings.sensitivity ?? 0);
  ratio(settings.minimumSize ?? 0);
  await startBackend(relay(say));
  // A rejection is not caught here: it ends the thread, and its owner hears of it.
  port.on('message', (frame: GrayFrame) => { void look(frame); });
  say({ type: 'ready' });
}

/** A log whose lines are said by the process. */
function relay(say: (message: WorkerMessage) => void): Log {
  const line = (level: LogLevel) => (message: string, fields: LogFields = {}): void =>
    say({ type: 'log', level, message, fields });
  const log: Log = {
    debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), child: () => log,
  };
  return log;
}
