/** The packets of MQTT's client and broker, without a table that a device does not need. */
import { createRequire } from 'node:module';

/**
 * Keeps `mqtt-packet`, as `user` has it, from making a buffer for each of the 65,536 numbers that two
 * bytes can hold when its first packet is sent: they take 8 MB of every process on the bus, and spare a
 * busy broker an allocation a packet.
 */
export function makeNumbersWhenNeeded(user: 'mqtt' | 'aedes'): void {
  const found: unknown = createRequire(createRequire(import.meta.url).resolve(user))('mqtt-packet');
  const { writeToStream } = found as { readonly writeToStream: { cacheNumbers: boolean } };
  writeToStream.cacheNumbers = false;
}
