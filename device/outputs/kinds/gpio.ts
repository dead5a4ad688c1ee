/** A wire: on while the event lasts, once for a moment, or a few times. */
import type { PlanOf } from '../../contract/outputs.ts';
import { describeError } from '../../core/errors.ts';
import { millis } from '../../core/units.ts';
import type { OutputPin } from '../gpio/driver.ts';
import type { OutputParts } from '../parts.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

export function gpio(plan: PlanOf<'gpio'>, { pins, clock }: OutputParts): Output {
  let pin: OutputPin | undefined;

  const opened = async (): Promise<OutputPin> => { pin ??= await (await pins()).output(plan); return pin; };

  async function pulse(open: OutputPin, signal: AbortSignal): Promise<void> {
    const pulses = plan.mode === 'train' ? plan.pulses : 1;
    for (let n = 0; n < pulses; n++) {
      if (n > 0) await clock.wait(millis(plan.length), signal);
      await open.set(true);
      try {
        await clock.wait(millis(plan.length), signal);
      } finally {
        await open.set(false);
      }
    }
  }

  return {
    async begin(): Promise<void> { await opened(); }, // a pin is off from the start, not from its first event
    async send({ phase, isTest }: Delivery, signal: AbortSignal): Promise<string> {
      try {
        const open = await opened();
        if (plan.mode === 'level' && isTest !== true) {
          await open.set(phase === 'new');
          return phase === 'new' ? 'on' : 'off';
        }
        if (phase === 'new') await pulse(open, signal);
        return phase === 'new' ? 'done' : 'nothing to do at the end';
      } catch (error) {
        if (signal.aborted) throw error;
        throw new DeliveryFault(describeError(error), { blame: 'receiver' });
      }
    },
    async [Symbol.asyncDispose]() { await pin?.[Symbol.asyncDispose](); },
  };
}
