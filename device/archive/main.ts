/** The archive's thread in the `watch` process: catalogue, boot scan, retention, ledger, joined. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import path from 'node:path';
import { BugError, ConfigError, TytoError } from '../core/errors.ts';
import { relayedLog, type Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { ringDoorbell } from '../durable/doorbell.ts';
import { recoverClip } from '../recorder/recover-clip.ts';
import { systemClock } from '../runtime/clock.ts';
import { QueueReader } from '../uploader/queue-reader.ts';
import { NameChanges } from '../vision/people/name-changes.ts';
import { withChangedName } from '../vision/people/with-changed-name.ts';
import type { Archive } from './archive.ts';
import { openArchive } from './open-archive.ts';
import { Keeper } from './thread/keeper.ts';
import type { ThreadCall, ThreadMessage, ThreadRequest, ThreadSettings } from './thread/messages.ts';
import { serveArchive } from './thread/service.ts';

/** How soon it is told that an event has ended. */
const LOOK_EVERY = seconds(1);

if (parentPort === null) throw new BugError('archive.thread', 'this runs as a thread of watch only');
await keepArchive(parentPort, workerData as ThreadSettings);

async function keepArchive(port: MessagePort, settings: ThreadSettings): Promise<void> {
  const say = (message: ThreadMessage): void => port.postMessage(message);
  const log = relayedLog((level, message, fields) => say({ type: 'log', level, message, fields }));
  try {
    await serve(port, settings, log);
  } catch (error) {
    // it ends the thread, and its owner hears of it
    if (!(error instanceof TytoError) || error instanceof BugError) throw error;
    say({
      type: 'refused', mustAct: error instanceof ConfigError ? 'user' : 'device', code: error.code,
      message: error.message,
    });
  }
}

async function serve(port: MessagePort, settings: ThreadSettings, log: Log): Promise<void> {
  const say = (message: ThreadMessage): void => port.postMessage(message);
  const { file, mediaFolder, uploads, socket, people } = settings;
  const archive = openArchive(file, millis(Date.now()), log);
  const keeper = new Keeper({
    settings, archive, recover: (clip) => recoverClip(mediaFolder, clip),
    uploads: uploads === undefined ? undefined : new QueueReader(uploads, settings.deleteAfter ?? 'acknowledged'),
    dataFolder: path.dirname(file), withChangedName,
    nameChanges: new NameChanges(people), onStorage: (state) => say({ type: 'storage', state }), log,
  });
  const { endedEvents, later } = await keeper.begin();
  const server = serveArchive(socket, keeper, log);
  const stop = new AbortController();
  const background = keeper.goOn(later, stop.signal);
  if (uploads !== undefined) void tellOfEnded(archive, uploads, stop.signal);

  const answer = async (call: ThreadCall): Promise<ReturnType<Keeper['write']>> => {
    switch (call.type) {
      case 'write': return keeper.write(call.batch);
      case 'room': return void await keeper.makeRoom();
      case 'watching': return void keeper.watching(call.watching, call.at);
      case 'close': {
        stop.abort();
        server.close();
        await background;
        keeper.end(call.at, call.isWanted);
        return void archive[Symbol.dispose]();
      }
    }
  };
  port.on('message', ({ id, call }: ThreadRequest) => {
    void answer(call).then((refusal) => say({ type: 'answer', id, refusal }));
  });
  say({ type: 'ready', endedEvents });
  await background;
}

/**
 * Rings for who uploads when events have ended or changed since it last did, and when it
 * begins: what rang may have died before.
 */
async function tellOfEnded(archive: Archive, uploads: string, signal: AbortSignal): Promise<void> {
  for (let told: number | undefined; !signal.aborted; await systemClock.wait(LOOK_EVERY, signal).catch(() => {})) {
    try {
      const last = archive.lastSeq;
      if (last !== told) ringDoorbell(uploads);
      told = last;
    } catch { /* who writes to it says what is wrong with it */ }
  }
}
