/** Wires that tell the device something: a motion sensor, a door's contact, a key switch. */
import { backoffDelay, type Backoff } from '../../core/backoff.ts';
import type { TriggerCommand } from '../../contract/commands.ts';
import type { InputPlan } from '../../contract/outputs.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Debounce } from './debounce.ts';
import type { PinDriver } from './driver.ts';

export interface InputParts {
  readonly pins: () => Promise<PinDriver>;
  readonly trigger: (command: TriggerCommand) => void;
  readonly arm: (on: boolean) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

const RETRY: Backoff = { first: seconds(1), most: seconds(60) };
/** A sensor that stays active says so again before the event that it made can end. */
const AGAIN_EVERY = seconds(5);

/** Listens until `signal` aborts; a wire that cannot be read is tried again. */
export async function serveInput(
  plan: InputPlan, { pins, trigger, arm, clock, random, log }: InputParts, signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let again: NodeJS.Timeout | undefined;
    let isFirst = true;
    const say = (): void => trigger({ label: plan.name, source: `pin ${plan.pin}` });
    using debounce = new Debounce(plan.debounce, (on) => {
      clearInterval(again);
      failures = 0;
      log.debug('an input changed', { input: plan.name, on });
      if (plan.does !== 'trigger') arm(on === (plan.does === 'arm'));
      else if (on && !isFirst) { // what was active all along has not just happened
        say();
        again = setInterval(say, AGAIN_EVERY);
      }
      isFirst = false;
    });
    try {
      await (await pins()).watch(plan, (on) => debounce.saw(on), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (failures === 0)
        log.warn('an input cannot be read; it is tried again', { input: plan.name, reason: describeError(error) });
      failures += 1;
      await clock.wait(backoffDelay(RETRY, failures, random()), signal).catch(() => {});
    } finally {
      clearInterval(again);
    }
  }
}
