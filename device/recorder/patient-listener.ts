/** Stands before a listener that may refuse: what it does not take now (a lock, a full disk) it is told again until it does. */
import { describeError, DeviceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { seconds, type Millis } from '../core/units.ts';
import type { ClosedRecording, OpenedRecording, RecordingListener } from './recording-listener.ts';

type Call =
  | { readonly type: 'opened'; readonly recording: OpenedRecording }
  | { readonly type: 'closed'; readonly recording: ClosedRecording };

const RETRY_EVERY = seconds(2);
/** Beyond this the oldest are left to the next start, which finds their files. */
const MOST_WAITING = 200;

/** Never throws. Calls reach the listener in the order in which they came. */
export class PatientListener implements RecordingListener {
  readonly #listener: RecordingListener;
  readonly #log: Log;
  readonly #waiting: Call[] = [];
  #waitingFrom: Millis | undefined;
  #left = 0;
  constructor(listener: RecordingListener, log: Log) { this.#listener = listener; this.#log = log; }

  opened(recording: OpenedRecording): void { this.#tell({ type: 'opened', recording }); }

  closed(recording: ClosedRecording): void { this.#tell({ type: 'closed', recording }); }

  /** Tells again what was refused, if the last time was a while ago: `now` may be any steady time. */
  poll(now: Millis): void {
    if (this.#waiting.length === 0) return;
    this.#waitingFrom = this.#waitingFrom === undefined || now < this.#waitingFrom ? now : this.#waitingFrom;
    if (now - this.#waitingFrom < RETRY_EVERY) return;
    this.#waitingFrom = now;
    this.#retry();
  }

  /** The last chance: what is refused now is left to the next start. */
  stop(): void {
    if (this.#waiting.length > 0) this.#retry();
    const left = this.#waiting.splice(0);
    if (left.length === 0) return;
    this.#log.error('recordings are kept but are not in the catalogue until the next start',
      { clips: [...new Set(left.map(({ recording }) => recording.name))] });
  }

  #tell(call: Call): void {
    if (this.#waiting.length > 0) return this.#put(call);
    const refusal = this.#offer(call);
    if (refusal === undefined) return;
    this.#log.error('the catalogue refuses recordings; they are kept, and it is told of them again until it takes them',
      { clip: call.recording.name, code: refusal.code, reason: describeError(refusal) });
    this.#waitingFrom = undefined;
    this.#left = 0;
    this.#put(call);
  }

  #put(call: Call): void {
    this.#waiting.push(call);
    if (this.#waiting.length <= MOST_WAITING) return;
    this.#waiting.shift();
    this.#left++;
  }

  /** Up to the first that is refused: those behind it would meet the same, and each may cost a wait. */
  #retry(): void {
    for (let call = this.#waiting[0]; call !== undefined; call = this.#waiting[0]) {
      if (this.#offer(call) !== undefined) return;
      this.#waiting.shift();
    }
    this.#log.info('the catalogue has taken the recordings that waited', { leftToNextStart: this.#left });
  }

  /** @returns Why it may take the call later; undefined when it took it, or never will. */
  #offer(call: Call): DeviceError | undefined {
    try {
      if (call.type === 'opened') this.#listener.opened(call.recording);
      else this.#listener.closed(call.recording);
    } catch (error) {
      if (error instanceof DeviceError) return error;
      this.#log.error(`the recording is kept but is not in the catalogue until the next start: ${describeError(error)}`,
        { clip: call.recording.name });
    }
    return undefined;
  }
}
