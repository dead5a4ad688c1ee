/** Turns the arm switch as the bus asks, and says what came of it. */
import type { CommandAnswer } from '../../contract/commands.ts';
import { parseSwitch } from '../../contract/topics.ts';
import { ConfigError, describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Millis } from '../../core/units.ts';
import { countCommand, noCommands, type CommandCount } from '../command-limit.ts';

export interface ArmCommandParts {
  readonly turn: (on: boolean) => Promise<void>;
  readonly answer: (answer: CommandAnswer) => void;
  readonly monotonic: () => Millis;
  readonly log: Log;
}

/** Longer than any word for a switch. */
const MOST_BYTES = 16;
const SHOWN = 32;

export class ArmCommand {
  readonly #parts: ArmCommandParts;
  #count: CommandCount = noCommands;
  constructor(parts: ArmCommandParts) { this.#parts = parts; }

  /** Takes what came on the topic; whatever it holds does no harm. Resolves when it was answered. */
  async take(payload: Buffer, retained: boolean): Promise<void> {
    if (payload.byteLength === 0) return; // how a retained message is deleted: whoever listens hears of it
    const [count, meaning] = countCommand(this.#count, this.#parts.monotonic());
    this.#count = count;
    if (meaning === 'drop') return;
    const answer = meaning === 'tell' ? TOO_MANY : await this.#do(payload, retained);
    if (!answer.ok) this.#parts.log.warn(`the arm switch was not turned: ${answer.message}`, { code: answer.code });
    this.#parts.answer(answer);
  }

  async #do(payload: Buffer, retained: boolean): Promise<CommandAnswer> {
    if (retained) return RETAINED;
    const position = payload.byteLength > MOST_BYTES ? undefined : parseSwitch(payload.toString('utf8'));
    if (position === undefined)
      return refused('command.malformed', `takes ON or OFF, got ${JSON.stringify(payload.toString('utf8', 0, SHOWN))}`);
    try {
      await this.#parts.turn(position === 'ON');
      return { ok: true, request: null, event: null, until: null };
    } catch (error) {
      if (error instanceof ConfigError) return refused(error.code, error.message);
      return refused(
        'arming.not-stored', `it could not be stored and may fall back after a power cut: ${describeError(error)}`,
      );
    }
  }
}

const refused = (code: string, message: string): CommandAnswer & { readonly ok: false } =>
  ({ ok: false, request: null, code, message });

const RETAINED = refused(
  'command.retained', 'a retained message would arm or disarm again at every start; publish without retain',
);
const TOO_MANY = refused(
  'command.too-many', 'more than 20 commands came within 10 s; those beyond are passed over without another word',
);
