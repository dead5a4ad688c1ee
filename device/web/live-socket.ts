/** `/api/live`: lets the owner's browsers watch, and notices those that are gone. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Access } from '../access/access.ts';
import { isForeignRequest, sessionOf } from '../access/guards.ts';
import type { Session } from '../access/session-token.ts';
import { seconds, type Millis } from '../core/units.ts';
import { errorBody } from '../http/http-error.ts';
import { LIVE_CLOSE } from '../contract/device-api.ts';
import { STATUS_CODES } from '../runtime/node-http.ts';
import type { LiveHub } from './live-hub.ts';

/** A viewer that answers no ping for this long is gone. */
const PING_EVERY: Millis = seconds(20);

export class LiveSocket {
  readonly #access: Access;
  readonly #hub: LiveHub;
  readonly #pingEvery: Millis;
  readonly #server = new WebSocketServer({
    noServer: true, maxPayload: 1024, perMessageDeflate: false, clientTracking: false,
  });

  constructor({
    access, hub, pingEvery = PING_EVERY,
  }: { readonly access: Access; readonly hub: LiveHub; readonly pingEvery?: Millis }) {
    this.#access = access;
    this.#hub = hub;
    this.#pingEvery = pingEvery;
  }

  /** For a server's `upgrade`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url?.split('?')[0] !== '/api/live')
      return refuse(socket, 404, 'http.no-route', 'there is no such route');
    if (isForeignRequest(request))
      return refuse(socket, 403, 'access.foreign-origin', 'this request came from the page of another site');
    const session = sessionOf(this.#access, request);
    if (session === undefined) return refuse(socket, 401, 'access.sign-in', 'sign in first');
    this.#server.handleUpgrade(request, socket, head, (viewer) => this.#welcome(viewer, session));
  }

  #welcome(viewer: WebSocket, session: Session): void {
    viewer.on('error', () => viewer.terminate());
    const leave = this.#hub.join({
      get bufferedAmount() { return viewer.bufferedAmount; },
      send: (data) => viewer.send(data, () => {}), // a viewer that left meanwhile: `close` follows
    });
    if (leave === undefined) return viewer.close(LIVE_CLOSE.tooMany, 'too many viewers');
    const stopWatching = this.#watchOver(viewer, session);
    viewer.once('close', () => {
      leave();
      stopWatching();
    });
  }

  /** Ends the view with its session, and when the other side is gone without a word. */
  #watchOver(viewer: WebSocket, session: Session): () => void {
    let alive = true;
    viewer.on('pong', () => { alive = true; });
    const check = (): void => { if (!this.#access.holds(session)) viewer.close(LIVE_CLOSE.signedOut, 'signed out'); };
    const beat = setInterval(() => {
      if (!alive) return viewer.terminate();
      alive = false;
      viewer.ping();
      check();
    }, this.#pingEvery);
    const forget = this.#access.onSessionsEnded(check);
    return () => {
      clearInterval(beat);
      forget();
    };
  }
}

function refuse(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify(errorBody(code, message));
  socket.end([
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close', '', body,
  ].join('\r\n'));
}
