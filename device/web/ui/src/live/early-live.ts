/**
 * A connection to `/api/live` that is made before the page knows who looks: what comes is kept until somebody can show
 * it.
 */

/** Nobody wants it any more: another screen, or nobody signed in. */
const UNTAKEN_MS = 5000;

export const openLiveSocket = (): WebSocket => {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`);
  socket.binaryType = 'arraybuffer';
  return socket;
};

export interface TakenLive {
  readonly socket: WebSocket;
  /** What came meanwhile, oldest first. */
  readonly messages: readonly MessageEvent<string | ArrayBuffer>[];
}

export class EarlyLive {
  readonly #socket = openLiveSocket();
  readonly #messages: MessageEvent<string | ArrayBuffer>[] = [];
  readonly #keep = (message: MessageEvent<string | ArrayBuffer>): void => { this.#messages.push(message); };
  readonly #timer = setTimeout(() => { if (!this.#isTaken) this.#socket.close(); }, UNTAKEN_MS);
  #isTaken = false;

  constructor() { this.#socket.addEventListener('message', this.#keep); }

  /** For the one who listens from now on; undefined when it is taken already, or closed. */
  take(): TakenLive | undefined {
    if (this.#isTaken || this.#socket.readyState > WebSocket.OPEN) return undefined;
    this.#isTaken = true;
    clearTimeout(this.#timer);
    this.#socket.removeEventListener('message', this.#keep);
    return { socket: this.#socket, messages: this.#messages };
  }
}
