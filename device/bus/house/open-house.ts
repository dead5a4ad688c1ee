/** The broker of the house as the settings name it, and what Home Assistant is told of this device. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { countingLinesSchema, zonesSchema } from '../../contract/places.ts';
import { TYTO_VERSION } from '../../contract/version.ts';
import { jsonIn } from '../../core/json-in.ts';
import type { Log } from '../../core/log.ts';
import { openJsonFile } from '../../durable/json-file.ts';
import type { Clock } from '../../runtime/clock.ts';
import { readPem } from '../read-pem.ts';
import {
  componentKeys, discoveryBundle, discoveryTopic, type DiscoveredDevice, type DiscoveryMessage,
} from './discovery.ts';
import { HOUSE, HouseBridge, type HouseBridgeParts, type HouseBroker } from './house-bridge.ts';
import { Outbox } from './outbox.ts';

/** As the settings have it; empty for what is not set. */
export interface HouseSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly prefix: string;
  readonly discovery: 'on' | 'off';
  readonly discovery_prefix: string;
}

export interface HouseParts {
  readonly house: HouseSettings;
  /** First part of the device's topics on its own bus. */
  readonly localPrefix: string;
  readonly device: string;
  readonly camera: string;
  /** As `HouseBridgeParts.presence`. */
  readonly presence: readonly string[];
  /** The data folder. */
  readonly data: string;
  readonly bus: HouseBridgeParts['bus'];
  readonly clock: Clock;
  readonly log: Log;
  /** As `HouseBridgeParts.mostBreaks`. */
  readonly mostBreaks?: number;
}

/** Of what is watched by, all that Home Assistant is told of. */
const whatCounts = z.object({ zones: zonesSchema, lines: countingLinesSchema });

/**
 * Runs the bridge until `signal` aborts.
 * @throws {ConfigError} `bus.certificate` when a file of a certificate cannot be read.
 */
export async function runHouse(
  { house, localPrefix, device, camera, presence, data, bus, clock, log, ...limits }: HouseParts, signal: AbortSignal,
): Promise<void> {
  const broker = await brokerOf(house, `${localPrefix}/${device}`);
  const told = await Told.open(path.join(data, 'house.json'));
  // Until the device has said it, nobody knows: a bundle without zones and lines would take them away.
  let places: Pick<DiscoveredDevice, 'zones' | 'lines'> | undefined;
  const discover = (known: Pick<DiscoveredDevice, 'zones' | 'lines'>): readonly DiscoveryMessage[] =>
    told.now(house.discovery_prefix, {
      device, camera, prefix: broker.prefix, version: TYTO_VERSION, page: undefined, ...known,
    });
  using outbox = Outbox.open(path.join(data, 'house.db'), log);
  const bridge = new HouseBridge({
    house: broker, bus, localPrefix, outbox, device, presence, clock, log, ...limits,
    discovery: {
      birthTopic: `${house.discovery_prefix}/status`,
      messages: () => (house.discovery === 'off' ? told.nothing() : places === undefined ? [] : discover(places)),
    },
    onState: (state) =>
      bus.publish(`${localPrefix}/${HOUSE}`, Buffer.from(JSON.stringify(state)), { retain: true, qos: 1 }),
  });
  bus.subscribe(`${localPrefix}/${camera}/places`, (payload) => {
    const parsed = whatCounts.safeParse(jsonIn(payload.toString('utf8')));
    if (!parsed.success) return;
    const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);
    const said = { zones: names(parsed.data.zones), lines: names(parsed.data.lines) };
    if (isDeepStrictEqual(said, places)) return; // what is retained comes once for each filter that it fits
    places = said;
    bridge.tellDiscovery();
  });
  await bridge.run(signal);
}

async function brokerOf(house: HouseSettings, byDefault: string): Promise<HouseBroker> {
  const [ca, cert, key] = await Promise.all([
    readPem('house.ca', house.ca), readPem('house.certificate', house.certificate), readPem('house.key', house.key),
  ]);
  const given = { username: house.username, password: house.password, ca, cert, key };
  return {
    url: house.url, prefix: house.prefix === '' ? byDefault : house.prefix,
    options: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
  };
}

const toldSchema = z.strictObject({
  topics: z.array(z.string()),
  components: z.array(z.strictObject({ key: z.string(), platform: z.string() })),
});
interface ToldFile {
  readonly data: { topics: string[]; components: { key: string; platform: string }[] };
  write(): Promise<void>;
}

/**
 * What Home Assistant was told before: what is no more is taken away there, also after a restart under another name.
 */
class Told {
  readonly #file: ToldFile;
  private constructor(file: ToldFile) { this.#file = file; }

  static async open(file: string): Promise<Told> {
    const nothing = { topics: [], components: [] };
    return new Told(await openJsonFile(file, nothing, (raw) => toldSchema.safeParse(raw).data ?? nothing));
  }

  now(prefix: string, described: DiscoveredDevice): readonly DiscoveryMessage[] {
    const { data } = this.#file;
    const topic = discoveryTopic(prefix, described);
    const messages = [...this.#gone(topic), discoveryBundle(prefix, described, data.components)];
    this.#note([topic], [...componentKeys(described)]);
    return messages;
  }

  nothing(): readonly DiscoveryMessage[] {
    const messages = this.#gone(undefined);
    this.#note([], []);
    return messages;
  }

  #gone(topic: string | undefined): readonly DiscoveryMessage[] {
    return this.#file.data.topics.filter((told) => told !== topic).map((told) => ({ topic: told, payload: '' }));
  }

  #note(topics: string[], components: { key: string; platform: string }[]): void {
    const { data } = this.#file;
    if (JSON.stringify([data.topics, data.components]) === JSON.stringify([topics, components])) return;
    data.topics = topics;
    data.components = components;
    this.#file.write().catch(() => {}); // then something is perhaps not taken away: nobody is misled by it for long
  }
}
