/** Plays `/api/live` in a video element: Media Source Extensions, always near the newest, reconnecting for ever. */
import { LIVE_CLOSE, type LiveMessage } from '../../../../contract/device-api.ts';
import { openLiveSocket, type EarlyLive } from './early-live.ts';
import { pace, withReserve, type Buffered, type Reserves } from './pace.ts';
import { isHopeless, pauseAfterErrors, WELL_AFTER_SECONDS } from './undecodable.ts';

export type LiveStatus =
  | 'connecting' | 'playing'
  /** No new picture for some time: what is seen is not what is. */
  | 'still'
  /** The camera gives no picture now. */
  | 'waiting'
  /** The browser wants a tap before it plays. */
  | 'blocked'
  /** The connection broke; being made anew. */
  | 'lost'
  /** What the camera sends cannot be decoded, again and again; video is tried now and then, and not seen meanwhile. */
  | 'damaged'
  /** As many watch as the device serves. */
  | 'full'
  /** This browser cannot play what the camera sends. */
  | 'unsupported'
  | 'signed-out';

/** What Safari on phones has in the place of MediaSource. */
type Source = typeof MediaSource;
const sourceType = (): Source | undefined =>
  (globalThis as { ManagedMediaSource?: Source }).ManagedMediaSource ?? globalThis.MediaSource;

export const canPlayLive = (): boolean => sourceType() !== undefined;

/** More than this waits only when the browser does not take it: then the stream begins anew. */
const MAX_WAITING = 240;
/**
 * Without a new fragment for this long a picture is not live; for longer, the connection may be dead without saying so.
 */
const STILL_MS = 3000;
const DEAD_MS = 15_000;
/** A hidden page stops watching after this long. */
const HIDDEN_MS = 10_000;
/** What is told also while video is only tried: the rest is of a video that nobody sees. */
const LASTING: ReadonlySet<LiveStatus> = new Set(['damaged', 'unsupported', 'signed-out']);

export interface LivePlayerOptions {
  readonly tell: (status: LiveStatus) => void;
  /** Told of each stream whether it has sound. */
  readonly tellSound: (hasSound: boolean) => void;
  /** A connection that was made before this player was there. */
  readonly early: EarlyLive | undefined;
}

export class LivePlayer {
  readonly #video: HTMLVideoElement;
  readonly #tell: (status: LiveStatus) => void;
  readonly #tellSound: (hasSound: boolean) => void;
  readonly #early: EarlyLive | undefined;
  readonly #over = new AbortController();
  #socket: WebSocket | undefined;
  #source: MediaSource | undefined;
  #buffer: SourceBuffer | undefined;
  #waiting: ArrayBuffer[] = [];
  #reserves: Reserves = [];
  #url = '';
  #failures = 0;
  /** In a row. */
  #decodeErrors = 0;
  /** Of the video's own time: when it has played for long enough to be well. */
  #wellAt = Infinity;
  #lastVideoAt = 0;
  #timer: number | undefined;
  #hiding: number | undefined;

  constructor(video: HTMLVideoElement, { tell, tellSound, early }: LivePlayerOptions) {
    this.#video = video;
    this.#tell = (status) => { if (!isHopeless(this.#decodeErrors) || LASTING.has(status)) tell(status); };
    this.#tellSound = tellSound;
    this.#early = early;
  }

  start(): void {
    const { signal } = this.#over;
    const beat = setInterval(() => { this.#keepPace(); this.#noticeSilence(); this.#noticeWell(); }, 500);
    signal.addEventListener('abort', () => clearInterval(beat));
    document.addEventListener('visibilitychange', () => this.#onVisibility(), { signal });
    globalThis.addEventListener('online', () => this.#connectSoon(0), { signal });
    this.#video.addEventListener('playing', () => this.#onPlaying(), { signal });
    this.#video.addEventListener('error', () => { if (this.#buffer !== undefined) this.#onUndecodable(); }, { signal });
    this.#connect();
  }

  stop(): void {
    this.#over.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#hiding);
    this.#leave();
    this.#dropSource();
  }

  /** After a tap, where the browser wanted one. */
  play(): void {
    this.#video.play().catch((refused: unknown) => {
      if (refused instanceof DOMException && refused.name === 'NotAllowedError') this.#tell('blocked');
    });
  }

  #connect(): void {
    if (this.#over.signal.aborted || this.#socket !== undefined) return;
    const { socket, messages } = this.#early?.take() ?? { socket: openLiveSocket(), messages: [] };
    this.#socket = socket;
    this.#lastVideoAt = performance.now();
    const hear = ({ data }: MessageEvent<string | ArrayBuffer>): void => {
      if (socket !== this.#socket) return;
      this.#failures = 0;
      if (typeof data === 'string') this.#onMessage(JSON.parse(data) as LiveMessage);
      else this.#onVideo(data);
    };
    messages.forEach(hear);
    socket.addEventListener('message', hear);
    socket.addEventListener('close', ({ code }) => { if (socket === this.#socket) this.#onClose(code); });
  }

  #onMessage(message: LiveMessage): void {
    if (message.type === 'waiting') return this.#tell('waiting');
    this.#begin(message.mime);
  }

  #begin(mime: string): void {
    this.#dropSource();
    const Source = sourceType();
    if (Source === undefined || !Source.isTypeSupported(mime)) {
      this.#leave();
      return this.#tell('unsupported');
    }
    this.#tellSound(mime.includes('mp4a'));
    const source = new Source();
    this.#url = URL.createObjectURL(source);
    source.addEventListener('sourceopen', () => {
      if (source.readyState !== 'open' || this.#source !== source) return;
      const buffer = source.addSourceBuffer(mime);
      this.#buffer = buffer;
      buffer.addEventListener('updateend', () => { this.#pump(); this.#keepPace(); });
      this.#pump();
    }, { once: true });
    this.#source = source;
    this.#video.disableRemotePlayback = true;
    this.#video.src = this.#url;
    this.play();
  }

  #onVideo(data: ArrayBuffer): void {
    this.#lastVideoAt = performance.now();
    this.#waiting.push(data);
    if (this.#waiting.length > MAX_WAITING) this.#reconnect();
    else this.#pump();
  }

  #pump(): void {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.updating || this.#source?.readyState !== 'open') return;
    if (this.#waiting.length === 0) return;
    const left = rangesOf(buffer.buffered).at(-1)?.[1];
    if (left !== undefined && !this.#video.seeking)
      this.#reserves = withReserve(this.#reserves, left - this.#video.currentTime);
    try {
      // All in one: a stream begins with many pieces, and where to play from is known with the last of them.
      buffer.appendBuffer(joined(this.#waiting.splice(0)));
    } catch {
      if (this.#video.error !== null) this.#onUndecodable();
      else this.#reconnect(); // the browser's buffer is full: a fresh one starts at the newest
    }
  }

  #keepPace(): void {
    const [video, buffer] = [this.#video, this.#buffer];
    if (buffer === undefined || buffer.updating || this.#source?.readyState !== 'open') return;
    for (const step of pace(
      video.currentTime, rangesOf(buffer.buffered), { rate: video.playbackRate, reserves: this.#reserves },
    )) {
      if (step.type === 'rate') video.playbackRate = step.rate;
      else if (step.type === 'forget') buffer.remove(0, step.before);
      else {
        video.currentTime = step.to;
        this.#reserves = [];
      }
    }
  }

  #noticeSilence(): void {
    if (this.#socket === undefined || this.#buffer === undefined) return;
    const silentMs = performance.now() - this.#lastVideoAt;
    if (silentMs > STILL_MS) this.#tell('still');
    if (silentMs > DEAD_MS) this.#reconnect();
  }

  #onPlaying(): void {
    this.#wellAt = Math.min(this.#wellAt, this.#video.currentTime + WELL_AFTER_SECONDS);
    this.#tell('playing');
  }

  #onUndecodable(): void {
    this.#decodeErrors += 1;
    this.#tell(isHopeless(this.#decodeErrors) ? 'damaged' : 'lost');
    this.#reconnect(pauseAfterErrors(this.#decodeErrors));
  }

  #noticeWell(): void {
    if (this.#decodeErrors === 0 || this.#video.currentTime < this.#wellAt) return;
    this.#decodeErrors = 0;
    this.#tell('playing');
  }

  #onClose(code: number): void {
    this.#socket = undefined;
    if (code === LIVE_CLOSE.signedOut) return this.#tell('signed-out');
    this.#tell(code === LIVE_CLOSE.tooMany ? 'full' : 'lost');
    this.#failures += 1;
    this.#connectSoon(code === LIVE_CLOSE.tooMany ? 5000 : Math.min(8000, 250 * 2 ** this.#failures));
  }

  #reconnect(delayMs = 500): void {
    this.#leave();
    this.#dropSource();
    this.#connectSoon(delayMs);
  }

  #connectSoon(delayMs: number): void {
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#connect(), delayMs);
  }

  #leave(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #dropSource(): void {
    this.#waiting = [];
    this.#reserves = [];
    this.#wellAt = Infinity;
    this.#buffer = undefined;
    this.#source = undefined;
    if (this.#url !== '') URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.playbackRate = 1;
  }

  #onVisibility(): void {
    clearTimeout(this.#hiding);
    if (document.hidden) {
      this.#hiding = setTimeout(() => { clearTimeout(this.#timer); this.#leave(); }, HIDDEN_MS);
    } else if (this.#socket === undefined) {
      this.#tell('connecting');
      this.#connectSoon(0);
    }
  }
}

function joined(pieces: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole;
}

const rangesOf = (ranges: TimeRanges): Buffered =>
  Array.from({ length: ranges.length }, (_, index) => [ranges.start(index), ranges.end(index)] as const);
