import assert from 'node:assert/strict';
import { sampleEvent } from '../../test/web/fake-device.ts';
import type { EventFace } from '../contract/event.ts';
import { deviceTopics } from '../contract/topics.ts';
import { BusAnnouncer } from './bus-announcer.ts';

const zone = (name: string) => ({ name, type: 'include' as const, polygon: [[0, 0], [1, 0], [1, 1]] as const });
const places = (...zones: string[]) => ({ zones: zones.map(zone), lines: [], privacy_masks: [], sensitivity: 0.5 });
const face = (person: string | null): EventFace =>
  ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: 12, person, similarity: person === null ? null : 0.7 });

/** What was said, as `topic payload`, with `!` where it is retained. */
function announcer() {
  const said: string[] = [];
  const bus = { publish: (topic: string, payload: string | Buffer, options = {}) =>
    said.push(`${topic}${'retain' in options ? '!' : ''} ${String(payload)}`) };
  const tells = new BusAnnouncer(bus, deviceTopics('tyto'), 'yard');
  return { tells, heard: () => said.splice(0) };
}

const ARMED = { armed: true, switch: true, managed: false, reason: 'Armed: the switch is on.', next: null };

describe('what a camera says on the bus', () => {
  it('is at first that nothing is the matter, for every zone', () => {
    const { tells, heard } = announcer();
    tells.begin(ARMED, places('drive'));
    assert.deepEqual(heard().filter((line) => !line.startsWith('tyto/yard/places')), [
      'tyto/yard/enabled/state! ON', `tyto/yard/arming! ${JSON.stringify(ARMED)}`, 'tyto/yard/motion OFF',
      'tyto/yard/record/state! OFF', 'tyto/yard/tamper/kinds! {"kinds":[]}', 'tyto/yard/tamper! OFF',
      'tyto/yard/person 0', 'tyto/yard/vehicle 0', 'tyto/yard/animal 0',
      'tyto/yard/face 0', 'tyto/yard/zones/drive/motion OFF', 'tyto/available! online',
    ]);
  });

  it('is only what has changed', () => {
    const { tells, heard } = announcer();
    tells.begin(ARMED, places('drive', 'gate'));
    heard();
    for (const score of [1, 1]) {
      tells.motion(true);
      tells.zones(['gate']);
      tells.counts({ person: score, vehicle: 0, animal: 0, face: 0 });
      tells.tamper(['covered']);
    }
    assert.deepEqual(heard(), [
      'tyto/yard/motion ON', 'tyto/yard/zones/gate/motion ON',
      'tyto/yard/person 1', 'tyto/yard/tamper/kinds! {"kinds":["covered"]}', 'tyto/yard/tamper! ON',
    ]);
  });

  it('is said again, but for what the broker keeps, to who has just begun to listen', () => {
    const { tells, heard } = announcer();
    tells.begin(ARMED, places('drive'));
    tells.motion(true);
    heard();
    tells.again();
    assert.deepEqual(heard().toSorted(), [
      'tyto/yard/animal 0', 'tyto/yard/face 0', 'tyto/yard/motion ON', 'tyto/yard/person 0',
      'tyto/yard/vehicle 0', 'tyto/yard/zones/drive/motion OFF',
    ]);
  });

  it('ends a zone that is taken away', () => {
    const { tells, heard } = announcer();
    tells.begin(ARMED, places('drive'));
    tells.zones(['drive']);
    heard();
    tells.places(places('gate'));
    assert.deepEqual(heard().slice(1), ['tyto/yard/zones/drive/motion OFF', 'tyto/yard/zones/gate/motion OFF']);
  });

  it('names who was recognised, once an event, as Frigate does', () => {
    const { tells, heard } = announcer();
    const [before, after] = [
      sampleEvent(10, undefined), sampleEvent(10, undefined, { faces: [face('Ada'), face(null)] }),
    ];
    tells.event({ type: 'update', before, after });
    tells.event({ type: 'end', before: after, after });
    const named = heard().filter((line) => line.startsWith('tyto/tracked_object_update '));
    assert.deepEqual(named.map((line) => JSON.parse(line.slice(line.indexOf(' ')))), [
      { type: 'face', id: after.id, camera: 'yard', name: 'Ada', score: 0.7, timestamp: 12 },
    ]);
  });

  it('takes back what a line had counted once the line is gone', () => {
    const { tells, heard } = announcer();
    tells.line('door', { in: 2, out: 1, since: 5 });
    tells.line('door', undefined);
    assert.deepEqual(heard(), ['tyto/yard/lines/door! {"in":2,"out":1,"since":5}', 'tyto/yard/lines/door! ']);
  });
});
