/**
 * How a role reaches whoever keeps it: over IPC where it is a process of its own, over its port where it is a thread.
 */
import { isMainThread, parentPort } from 'node:worker_threads';
import type { RoleMessage } from './role-message.ts';

/** What a thread is told that shall stop; a process gets a SIGTERM. */
export const STOP_WORD = 'stop';

const port = isMainThread ? null : parentPort;

/** Whether anybody keeps this role. */
export const isKept = (): boolean => port !== null || (process.send !== undefined && process.connected);

/**
 * `done` is called when it is on its way. Without anybody who keeps this role, nothing happens and nothing is called.
 */
export function tellKeeper(message: RoleMessage, done: () => void = () => {}): void {
  if (port === null) {
    process.send?.(message, undefined, undefined, () => done());
    return;
  }
  port.postMessage(message, []); // read by the other side even when this thread ends at once
  done();
}

/** Calls `stop`, with the reason, when the keeper wants this role to end, or is gone and can want nothing. */
export function onKeeperStops(stop: (why: string, isWanted: boolean) => void): void {
  if (port !== null) {
    port.on('message', (word: unknown) => { if (word === STOP_WORD) stop('the process that it is part of', true); });
    port.on('close', () => stop('the process that it is part of is gone', false));
  } else if (process.channel !== undefined) {
    process.on('disconnect', () => stop('the parent process is gone', false));
  }
}
