/** The thread's side of `AskedThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { BugError } from '../core/errors.ts';
import { relayedLog, type Log } from '../core/log.ts';
import { settleLater } from '../runtime/lean.ts';
import type { ThreadMessage } from './asked-thread.ts';

/**
 * Answers what the process asks, one question after another, until the thread is ended. A rejection is not caught
 * here: it ends the thread, and its owner hears of it.
 *
 * @param prepare - Makes what answers (its questions are what `AskedThread.ask` was given); gets the settings that the
 *   thread was started with, and a log that the process writes.
 */
export async function answerQuestions<A>(
  prepare: (settings: unknown, log: Log) => Promise<(question: unknown) => Promise<A>>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new BugError('vision.worker', 'this module runs as a thread only');
  const say = (message: ThreadMessage<A>): void => port.postMessage(message);
  const log = relayedLog((level, message, fields) => say({ type: 'log', level, message, fields }));
  const answerTo = await prepare(workerData, log);

  async function answer(question: unknown): Promise<void> {
    const began = performance.now();
    const found = await answerTo(question);
    say({ type: 'answer', answer: found, tookMs: performance.now() - began });
  }

  settleLater();
  port.on('message', (question: unknown) => { void answer(question); });
  say({ type: 'ready' });
}
