/** What may be asked of a processor's pins. */
import type { InputPlan, PlanOf } from '../../contract/outputs.ts';

/** Number, chip, and which level means "on". */
export type Wire = Pick<PlanOf<'gpio'>, 'pin' | 'chip' | 'active'>;
export type InputWire = Pick<InputPlan, 'pin' | 'chip' | 'active' | 'bias'>;

export interface OutputPin extends AsyncDisposable {
  /**
   * Resolves when the pin is so. Logical: `active` of the wire says which level that is.
   * @throws {DeviceError} `gpio.failed`
   */
  set(on: boolean): Promise<void>;
}

export interface PinDriver {
  /** For people: what moves the pins, such as `libgpiod 1.6.3`. */
  readonly name: string;
  /** The pin is driven to "off" as soon as it is asked for, and left "off". @throws {DeviceError} `gpio.failed` */
  output(wire: Wire): Promise<OutputPin>;
  /**
   * Tells every change, as it is (not debounced), the present state first, until `signal` aborts.
   * @throws {DeviceError} `gpio.failed`
   */
  watch(wire: InputWire, onLevel: (on: boolean) => void, signal: AbortSignal): Promise<void>;
}
