/** What a publisher is to the rest of this room: somebody who can be handed a few messages at a time. */
import { RemoteError } from '../../../device/core/errors.ts';
import type { Millis } from '../../../device/core/units.ts';

export interface Outgoing {
  /** The same at each attempt: receivers tell by it what they have already. */
  readonly id: string;
  /** What must arrive in order among themselves. Never empty. */
  readonly device: string;
  readonly type: string;
  /** JSON. */
  readonly body: string;
}

/** What became of one message. `later`: it was not tried, because one before it has failed. */
export type Outcome = 'told' | 'later' | TellFault;

export interface Publisher extends AsyncDisposable {
  /** How many it is handed at most. */
  readonly window: number;
  /**
   * Connects where it has to. Resolves when the receiver has confirmed, with an outcome for each message in its place.
   * @param signal - Aborts when the time is up; whatever was begun is then broken off.
   * @throws {TellFault} When all of it failed; anything else that is thrown is taken for a receiver that is away.
   */
  publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]>;
}

export interface FaultFacts {
  /**
   * - `receiver`: it is away, or overloaded: tried again, in order.
   * - `message`: it may be this one that the receiver cannot digest: tried a few times, then put aside.
   * - `never`: refused for good: put aside at once.
   */
  readonly blame: 'receiver' | 'message' | 'never';
  /** How long the receiver asks to be left alone. */
  readonly after?: Millis;
}

/** Something could not be told. The message is for people and names no password. */
export class TellFault extends RemoteError {
  readonly facts: FaultFacts;
  constructor(message: string, facts: FaultFacts, options?: ErrorOptions) {
    super('events.not-told', message, options);
    this.facts = facts;
  }
}
