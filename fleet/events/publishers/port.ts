/** What a publisher is to the rest of this room: somebody who can be handed a few messages at a time. */
import { ReceiverFault, type FaultFacts } from '../../../device/telling/fault.ts';

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

/** Something could not be told. The message is for people and names no password. */
export class TellFault extends ReceiverFault {
  constructor(message: string, facts: FaultFacts, options?: ErrorOptions) {
    super('events.not-told', message, facts, options);
  }
}
