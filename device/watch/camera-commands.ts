/** Does what is asked of the camera from outside: recording on demand, and events that something else knows of. */
import {
  MAX_COMMAND_BYTES, parseRecordCommand, parseTriggerCommand, type CommandAnswer,
  type CommandFault, type RecordCommand, type TriggerCommand,
} from '../contract/commands.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import { countCommand, noCommands, type CommandCount } from './command-limit.ts';
import type { EventKeeper } from './event-keeper.ts';
import type { AskedKind } from './holds.ts';

export type CommandTopic = 'record' | 'trigger';

export interface CommandParts {
  readonly keeper: Pick<EventKeeper, 'request' | 'letGo'>;
  /** Newest moment of the stream; undefined while no video comes. */
  readonly streamTime: () => Millis | undefined;
  readonly wallTime: (streamTime: Millis) => Millis;
  readonly isArmed: () => boolean;
  /** What lasts how long where nobody says so. */
  readonly lengths: Readonly<Record<CommandTopic, Millis>>;
  readonly answer: (topic: CommandTopic, answer: CommandAnswer) => void;
  readonly monotonic: () => Millis;
  readonly log: Log;
}

/** As it came over the bus. */
export interface CommandMessage { readonly payload: Buffer; readonly retained: boolean }

type Refusal = CommandAnswer & { readonly ok: false };

export class CameraCommands {
  readonly #parts: CommandParts;
  readonly #counts: Record<CommandTopic, CommandCount> = { record: noCommands, trigger: noCommands };
  constructor(parts: CommandParts) { this.#parts = parts; }

  /** Takes what came on the topic; whatever it holds does no harm. */
  take(topic: CommandTopic, message: CommandMessage): void {
    const [count, meaning] = countCommand(this.#counts[topic], this.#parts.monotonic());
    this.#counts[topic] = count;
    if (meaning === 'drop') return;
    const answer = meaning === 'tell' ? refused(null, TOO_MANY) : this.#do(topic, message);
    if (!answer.ok)
      this.#parts.log.warn(`a command on "${topic}" was refused: ${answer.message}`, { code: answer.code });
    this.#parts.answer(topic, answer);
  }

  /** Records now, or stops. */
  record({ record, length, ...words }: RecordCommand): CommandAnswer {
    if (record)
      return this.#request('manual', length === undefined ? this.#parts.lengths.record : seconds(length), words);
    const at = this.#parts.streamTime();
    const event = at === undefined ? undefined : this.#parts.keeper.letGo('manual', at);
    return { ok: true, request: words.request ?? null, event: event ?? null, until: null };
  }

  /** Something happened elsewhere: a sensor, a doorbell, an input of the device. */
  trigger({ length, ...words }: TriggerCommand): CommandAnswer {
    if (!this.#parts.isArmed()) return refused(words.request, DISARMED);
    return this.#request('external', length === undefined ? this.#parts.lengths.trigger : seconds(length), words);
  }

  #do(topic: CommandTopic, { payload, retained }: CommandMessage): CommandAnswer {
    if (retained) return refused(null, RETAINED);
    if (payload.byteLength > MAX_COMMAND_BYTES)
      return refused(null, { ...TOO_LARGE, message: `${TOO_LARGE.message}, got ${payload.byteLength}` });
    const text = payload.toString('utf8');
    return topic === 'record'
      ? done(parseRecordCommand(text), (command) => this.record(command))
      : done(parseTriggerCommand(text), (command) => this.trigger(command));
  }

  #request(kind: AskedKind, length: Millis, { label, source, request }: Omit<TriggerCommand, 'length'>): CommandAnswer {
    const at = this.#parts.streamTime();
    if (at === undefined) return refused(request, OFFLINE);
    const until = millis(at + length);
    const event = this.#parts.keeper.request({ kind, at, until, words: { label, source } });
    return { ok: true, request: request ?? null, event: event ?? null, until: inSeconds(this.#parts.wallTime(until)) };
  }
}

const done = <T extends object>(command: T | CommandFault, work: (command: T) => CommandAnswer): CommandAnswer =>
  ('fault' in command
    ? refused(command.request, { code: 'command.malformed', message: command.fault })
    : work(command));

const refused = (request: string | null | undefined, why: Pick<Refusal, 'code' | 'message'>): Refusal =>
  ({ ok: false, request: request ?? null, ...why });

const RETAINED = {
  code: 'command.retained', message: 'a retained message would be obeyed again at every start; publish without retain',
};
const TOO_LARGE = { code: 'command.too-large', message: `at most ${MAX_COMMAND_BYTES} bytes are read` };
const TOO_MANY = {
  code: 'command.too-many',
  message: 'more than 20 commands came within 10 s; those beyond are passed over without another word',
};
const OFFLINE = { code: 'command.offline', message: 'no video comes from the camera; see its state' };
const DISARMED = {
  code: 'command.disarmed',
  message: 'the camera is disarmed: what is told from outside makes no event; arm it, or record',
};
