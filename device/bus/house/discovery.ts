/**
 * What Home Assistant is told so that a device appears there by itself: one bundle of MQTT discovery.
 * Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery (device discovery payload).
 */
import { createHash } from 'node:crypto';
import { deviceTopics } from '../../contract/topics.ts';

export interface DiscoveredDevice {
  readonly device: string;
  readonly camera: string;
  /** Of the device's topics on the house's broker. */
  readonly prefix: string;
  readonly version: string;
  readonly zones: readonly string[];
  readonly lines: readonly string[];
  /** Of the device's own page, where it is known. */
  readonly page: string | undefined;
}

export interface DiscoveryMessage { readonly topic: string; readonly payload: string }

type Component = Readonly<Record<string, unknown>> & { readonly p: string };

/** Ids in Home Assistant have letters, digits, hyphens and underscores. */
const idOf = (...parts: readonly string[]): string => parts.join('_').replaceAll(/[^A-Za-z0-9_-]/g, '-');

/** Names of places may have other signs, too: those that are written alike then are told apart by what they were. */
const idOfPlace = (kind: string, name: string, ...parts: readonly string[]): string => {
  const plain = idOf(name);
  const told = plain === name ? name : `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
  return idOf(kind, told, ...parts);
};

/** @param discoveryPrefix - Home Assistant's, `homeassistant` unless it was changed there. */
export const discoveryTopic = (
  discoveryPrefix: string, { device, camera }: Pick<DiscoveredDevice, 'device' | 'camera'>,
): string =>
  `${discoveryPrefix}/device/${idOf('tyto', device, camera)}/config`;

/** @param gone - Components of an earlier bundle that are no more: they are taken away. */
export function discoveryBundle(
  discoveryPrefix: string, told: DiscoveredDevice,
  gone: readonly { readonly key: string; readonly platform: string }[] = [],
): DiscoveryMessage {
  const { device, camera, version, page } = told;
  const components = componentsOf(told);
  const cmps: Record<string, unknown> = {};
  for (const [key, component] of Object.entries(components))
    cmps[key] = { ...component, unique_id: idOf('tyto', device, camera, key) };
  for (const { key, platform } of gone) if (!(key in cmps)) cmps[key] = { p: platform };
  const payload = {
    dev: {
      ids: [idOf('tyto', device)], name: `${camera} (${device})`, mf: 'Tyto', mdl: 'Tyto camera', sw: version,
      ...(page === undefined ? {} : { cu: page }),
    },
    o: { name: 'Tyto', sw: version },
    cmps,
  };
  return { topic: discoveryTopic(discoveryPrefix, told), payload: JSON.stringify(payload) };
}

/** The components of a bundle, by key and platform, for `gone` of a later one. */
export const componentKeys = (told: DiscoveredDevice): readonly { readonly key: string; readonly platform: string }[] =>
  Object.entries(componentsOf(told)).map(([key, { p: platform }]) => ({ key, platform }));

function componentsOf({ camera, prefix, zones, lines }: DiscoveredDevice): Readonly<Record<string, Component>> {
  const topics = deviceTopics(prefix);
  const of = topics.camera(camera);
  // `stopped`, as Frigate says it of a clean end, is neither of Home Assistant's two words.
  const device = { t: topics.available, val_tpl: '{{ "online" if value == "online" else "offline" }}' };
  const always = { avty: [device] };
  const pictures = { avty: [device, { t: of.status }], avty_mode: 'all' };
  const diagnostic = { ...always, ent_cat: 'diagnostic' };
  const occupancy = (name: string, topic: string): Component => ({
    p: 'binary_sensor', name, dev_cla: 'occupancy',
    stat_t: topic, val_tpl: '{{ "ON" if value | int(0) > 0 else "OFF" }}', ...pictures,
  });
  const storage = (name: string, template: string, more: object): Component =>
    ({ p: 'sensor', name, stat_t: topics.storage, val_tpl: template, ...diagnostic, ...more });
  const problem = (name: string, template: string): Component => ({
    p: 'binary_sensor', name, dev_cla: 'problem',
    stat_t: topics.system, val_tpl: `{{ "ON" if ${template} else "OFF" }}`, ...diagnostic,
  });
  return {
    camera: { p: 'camera', name: 'Last event', t: of.snapshot, ...always },
    snapshot: { p: 'image', name: 'Snapshot', img_t: of.snapshot, cont_type: 'image/jpeg', ...always },
    motion: { p: 'binary_sensor', name: 'Motion', dev_cla: 'motion', stat_t: of.motion, ...pictures },
    person: occupancy('Person', of.count('person')),
    face: occupancy('Face', of.count('face')),
    vehicle: occupancy('Vehicle', of.count('vehicle')),
    animal: occupancy('Animal', of.count('animal')),
    tamper: {
      p: 'binary_sensor', name: 'Tamper', dev_cla: 'tamper', stat_t: of.tamper, json_attr_t: of.tamperKinds, ...always,
    },
    event: {
      p: 'event', name: 'Event', stat_t: topics.events, evt_typ: ['new', 'update', 'end'], ...always,
      val_tpl: '{{ {"event_type": value_json.type, "id": value_json.after.id, "kinds": value_json.after.kinds, "zones": value_json.after.entered_zones, '
        + '"people": value_json.after.faces | map(attribute="person") | reject("none") | unique | list, "score": value_json.after.top_score} | to_json }}',
    },
    enabled: {
      p: 'switch', name: 'Armed', stat_t: of.enabledState, cmd_t: of.enabledSet, ic: 'mdi:shield-home', ...always,
    },
    armed: {
      p: 'binary_sensor', name: 'Armed now', stat_t: of.arming,
      val_tpl: '{{ "ON" if value_json.armed else "OFF" }}', json_attr_t: of.arming, ic: 'mdi:shield-check',
      ...always,
    },
    record: {
      p: 'switch', name: 'Record now', stat_t: of.recordState, cmd_t: of.recordSet, ic: 'mdi:record-rec', ...pictures,
    },
    recording: {
      p: 'binary_sensor', name: 'Recording', dev_cla: 'running',
      stat_t: of.state, val_tpl: '{{ "ON" if value_json.recording else "OFF" }}', ...diagnostic,
    },
    online: {
      p: 'binary_sensor', name: 'Pictures', dev_cla: 'connectivity', stat_t: of.status, pl_on: 'online',
      pl_off: 'offline', ...diagnostic,
    },
    disk_free: storage('Disk free', '{{ value_json.free }}', {
      dev_cla: 'data_size', unit_of_meas: 'B', sug_dsp_prc: 0,
    }),
    disk_problem: {
      p: 'binary_sensor', name: 'Storage', dev_cla: 'problem',
      stat_t: topics.storage, val_tpl: '{{ "ON" if value_json.alarms | length > 0 else "OFF" }}',
      json_attr_t: topics.storage, ...diagnostic,
    },
    uploads: {
      p: 'sensor', name: 'Waiting uploads', stat_t: topics.uploads, val_tpl: '{{ value_json.pending }}',
      stat_cla: 'measurement', ...diagnostic,
    },
    temperature: {
      p: 'sensor', name: 'Temperature', dev_cla: 'temperature', unit_of_meas: '°C',
      stat_cla: 'measurement', stat_t: topics.system,
      val_tpl: '{{ value_json.temperature }}', ...diagnostic,
    },
    under_voltage: problem('Under-voltage', 'value_json.under_voltage'),
    clock: problem('Clock', 'not value_json.clock_synced'),
    ...Object.fromEntries(zones.map((zone): [string, Component] => [
      idOfPlace('zone', zone),
      { p: 'binary_sensor', name: `Motion in ${zone}`, dev_cla: 'motion', stat_t: of.zoneMotion(zone), ...pictures },
    ])),
    ...Object.fromEntries(lines.flatMap((line) => (['in', 'out'] as const).map((way): [string, Component] => [
      idOfPlace('line', line, way),
      {
        p: 'sensor', name: `${line} ${way}`, stat_t: of.line(line), val_tpl: `{{ value_json.${way} }}`,
        stat_cla: 'total_increasing', ic: 'mdi:counter', ...always,
      },
    ]))),
  };
}
