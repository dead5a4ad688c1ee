/** Packets since the last keyframe that was not passed by, it included: they can still be decoded. Pure. */
import type { Packet } from './packet.ts';

export class HeldPackets<P extends Pick<Packet, 'key'> = Packet> {
  #packets: P[] = [];
  /** Where in it the latest keyframe stands. */
  #latestKey = 0;

  get all(): readonly P[] { return this.#packets; }

  /**
   * Holds `packet`, and nothing from before it where it is a keyframe.
   *
   * @param passedBy - A keyframe that is not looked at, for now: what stands before it is still held.
   * @returns What was held; with `packet` where that joined it.
   */
  add(packet: P, passedBy: boolean): readonly P[] {
    const before = this.#packets;
    if (packet.key) this.#latestKey = passedBy ? before.length : 0;
    if (packet.key && !passedBy) this.#packets = [packet];
    else before.push(packet);
    return before;
  }

  /** Holds no more what stands before the latest keyframe, and returns it; it begins with a keyframe, unless it is empty. */
  dropPassed(): readonly P[] {
    const passed = this.#packets.splice(0, this.#latestKey);
    this.#latestKey = 0;
    return passed;
  }

  clear(): void {
    this.#packets = [];
    this.#latestKey = 0;
  }
}
