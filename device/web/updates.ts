/** `GET /api/updates`: server-sent events (HTML standard, 9.2), so that the page never asks twice. */
import type { Middleware } from 'koa';
import { PassThrough } from 'node:stream';
import type { Access } from '../access/access.ts';
import { sessionOf } from '../access/guards.ts';
import type { Session } from '../access/session-token.ts';
import { bytes } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { UPDATES_BEAT_MS, type StateView, type Updates } from '../contract/device-api.ts';
import type { DeviceBus } from './ports.ts';
import { newsOf } from './state-view.ts';

/** A listener for whom more than this waits is cut off: it comes back and asks for the state. */
const MAX_WAITING_BYTES = bytes(256 * 1024);
const MAX_LISTENERS = 32;

export interface UpdatesOptions {
  readonly access: Access;
  readonly bus: DeviceBus;
  readonly state: () => StateView;
}

/**
 * Answers with all that happens from now on, the present state first, until the listener leaves or its session ends.
 */
export function updates({ access, bus, state }: UpdatesOptions): Middleware {
  const listeners = new Set<PassThrough>();
  return (ctx) => {
    const session = sessionOf(access, ctx.req);
    if (session === undefined) throw new HttpError(401, 'access.sign-in', 'sign in first');
    if (listeners.size >= MAX_LISTENERS) {
      throw new HttpError(
        503, 'http.too-many', 'as many pages are open already as the device serves; close one', { retryAfter: 30 },
      );
    }
    const stream = new PassThrough();
    listeners.add(stream);
    const stop = follow(stream, session, { access, bus, state });
    stream.once('close', () => {
      listeners.delete(stream);
      stop();
    });
    ctx.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    ctx.body = stream;
  };
}

function follow(stream: PassThrough, session: Session, { access, bus, state }: UpdatesOptions): () => void {
  const write = (text: string): void => {
    if (stream.writableLength > MAX_WAITING_BYTES) stream.destroy();
    else if (!stream.writableEnded) stream.write(text);
  };
  const say = <K extends keyof Updates>(name: K, data: Updates[K]): void =>
    write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  let said = '';
  const sayState = (): void => {
    const view = state();
    const news = newsOf(view);
    if (news === said) return;
    said = news;
    say('state', view);
  };
  const check = (): void => { if (!access.holds(session)) stream.end(); };

  write('retry: 2000\n\n');
  sayState();
  const unsubscribe = bus.subscribe((change) => {
    if (change.type === 'state') sayState();
    if (change.type === 'event') say('event', change.message);
  });
  const forget = access.onSessionsEnded(check);
  const beat = setInterval(() => {
    say('beat', { time: state().time });
    check();
  }, UPDATES_BEAT_MS);
  return () => {
    clearInterval(beat);
    forget();
    unsubscribe();
  };
}
