import { onKeeperStops } from './parent-link.ts';

/** Why a process stops: the one source of shutdown that every loop's signal hangs on. */
export class StopRequest extends Error {
  readonly code = 'stop';
  /** Whether somebody wants it; false when only nobody is left who keeps this process. */
  readonly isWanted: boolean;
  constructor(why: string, isWanted = true) {
    super(why);
    this.name = 'StopRequest';
    this.isWanted = isWanted;
  }
}

/**
 * A signal that aborts at SIGTERM, SIGINT and SIGHUP, and when whoever keeps this process or thread wants it or is
 * gone (a child outlives nobody). A further signal does not hurry anything: what is being written is finished first.
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string, isWanted?: boolean) => (): void => { controller.abort(new StopRequest(why, isWanted)); };
  process.on('SIGTERM', stop('SIGTERM'));
  process.on('SIGINT', stop('SIGINT'));
  process.on('SIGHUP', stop('SIGHUP')); // the terminal was closed
  onKeeperStops((why, isWanted) => stop(why, isWanted)());
  return controller.signal;
}
