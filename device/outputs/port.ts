/** What an output is to the rest of this room: somebody who can be told one thing at a time. */
import type { EventMessage } from '../contract/event.ts';
import type { Phase } from '../contract/outputs.ts';
import { ReceiverFault, type FaultFacts } from '../telling/fault.ts';

export interface Delivery {
  /** `<event id>-<phase>`: the same at each attempt, so that a receiver knows what it has already. */
  readonly key: string;
  readonly phase: Phase;
  readonly message: EventMessage;
  /** How many others were held back by the throttle since the delivery before. */
  readonly skipped: number;
  /** Nothing happened: somebody tries the output out. */
  readonly isTest?: true;
}

export interface Output extends AsyncDisposable {
  /** Called once, before anything is sent. What it throws is told, and does not keep anything from being sent. */
  begin?(): Promise<void>;
  /**
   * Resolves when the receiver has confirmed, with what it said, in a few words for the log.
   * @param signal - Aborts when the time is up; whatever was begun is then broken off.
   * @throws {DeliveryFault} When it knows whether another attempt makes sense; anything else is tried again.
   */
  send(delivery: Delivery, signal: AbortSignal): Promise<string>;
}

/** A delivery failed. The message is for people and names no password. */
export class DeliveryFault extends ReceiverFault {
  constructor(message: string, facts: FaultFacts, options?: ErrorOptions) {
    super('output.failed', message, facts, options);
  }
}
