import assert from 'node:assert/strict';
import { z } from 'zod';
import { componentKeys, discoveryBundle, type DiscoveredDevice } from './discovery.ts';

/**
 * Options of each platform as Home Assistant documents them (https://www.home-assistant.io/integrations/mqtt/ and the
 * pages of the platforms), abbreviated.
 */
const topic = z.string().regex(/^[^\s#+]+$/);
const template = z.string().regex(/^\{\{.*\}\}$/s);
const common = {
  name: z.string().min(1), unique_id: z.string().regex(/^[A-Za-z0-9_-]+$/),
  ent_cat: z.enum(['diagnostic', 'config']).optional(), ic: z.string().regex(/^mdi:/).optional(),
  avty: z.array(z.strictObject({ t: topic, val_tpl: template.optional() })).min(1),
  avty_mode: z.enum(['all', 'any', 'latest']).optional(), json_attr_t: topic.optional(),
};
const component = z.discriminatedUnion('p', [
  z.strictObject({
    p: z.literal('binary_sensor'), ...common, stat_t: topic,
    val_tpl: template.optional(), pl_on: z.string().optional(), pl_off: z.string().optional(),
    dev_cla: z.enum(['motion', 'occupancy', 'connectivity', 'problem', 'tamper', 'running']).optional(),
  }),
  z.strictObject({
    p: z.literal('sensor'), ...common, stat_t: topic, val_tpl: template,
    dev_cla: z.enum(['temperature', 'data_size']).optional(), unit_of_meas: z.enum(['°C', 'B']).optional(),
    stat_cla: z.enum(['measurement', 'total_increasing']).optional(), sug_dsp_prc: z.number().optional(),
  }),
  z.strictObject({ p: z.literal('switch'), ...common, stat_t: topic, cmd_t: topic }),
  z.strictObject({ p: z.literal('camera'), ...common, t: topic }),
  z.strictObject({ p: z.literal('image'), ...common, img_t: topic, cont_type: z.literal('image/jpeg') }),
  z.strictObject({
    p: z.literal('event'), ...common, stat_t: topic, evt_typ: z.array(z.string()).min(1), val_tpl: template,
  }),
]);
const removed = z.strictObject({ p: z.string() });
const bundle = z.strictObject({
  dev: z.strictObject({
    ids: z.array(z.string()).min(1), name: z.string(), mf: z.string(), mdl: z.string(), sw: z.string(),
    cu: z.url().optional(),
  }),
  o: z.strictObject({ name: z.string(), sw: z.string() }),
  cmps: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), z.union([component, removed])),
});

const told = (change: Partial<DiscoveredDevice> = {}): DiscoveredDevice =>
  ({
    device: 'barn', camera: 'yard', prefix: 'tyto/barn', version: '0.1.0', zones: ['drive'], lines: ['door'],
    page: 'http://192.168.1.20:8080/', ...change,
  });

describe('what Home Assistant is told', () => {
  it('is a bundle as it documents it', () => {
    const { topic: where, payload } = discoveryBundle('homeassistant', told());
    assert.equal(where, 'homeassistant/device/tyto_barn_yard/config');
    const parsed = bundle.parse(JSON.parse(payload));
    const ids = Object.values(parsed.cmps).map((each) => ('unique_id' in each ? each.unique_id : ''));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok([
      'camera', 'motion', 'person', 'face', 'tamper', 'enabled', 'recording', 'snapshot', 'event', 'disk_free',
      'uploads', 'temperature', 'under_voltage', 'clock',
    ]
      .every((key) => key in parsed.cmps));
  });

  it('has topics that a device speaks on', () => {
    const { cmps } = JSON.parse(discoveryBundle('homeassistant', told()).payload) as {
      cmps: Record<string, Record<string, string>>;
    };
    assert.deepEqual([
      cmps['motion']?.['stat_t'], cmps['enabled']?.['cmd_t'], cmps['zone_drive']?.['stat_t'],
      cmps['line_door_in']?.['stat_t'],
    ],
      [
        'tyto/barn/yard/motion', 'tyto/barn/yard/enabled/set', 'tyto/barn/yard/zones/drive/motion',
        'tyto/barn/yard/lines/door',
      ]);
  });

  it('takes away what there was before and is no more', () => {
    const before = componentKeys(told());
    const { cmps } = JSON.parse(
      discoveryBundle('homeassistant', told({ zones: [], lines: ['door'] }), before).payload,
    ) as { cmps: Record<string, object> };
    assert.deepEqual(
      [cmps['zone_drive'], Object.keys(cmps['line_door_in'] ?? {}).length > 1], [{ p: 'binary_sensor' }, true],
    );
  });

  it('has ids of letters, digits, hyphens and underscores, however places are called', () => {
    const { payload } = discoveryBundle('homeassistant', told({ zones: ['front_yard-2', 'A', 'Süd'] }));
    assert.doesNotThrow(() => bundle.parse(JSON.parse(payload)));
    const keys = componentKeys(told({ zones: ['drive', 'Süd', 'Sód', 'Lawn & drive!'], lines: ['Tür'] }))
      .map(({ key }) => key).filter((key) => /^(?:zone|line)_/.test(key));
    assert.equal(new Set(keys).size, 6);
    assert.ok(keys.includes('zone_drive'), 'as it was');
    for (const key of keys) assert.match(key, /^[A-Za-z0-9_-]+$/);
  });
});
