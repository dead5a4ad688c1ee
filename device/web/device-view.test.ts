import assert from 'node:assert/strict';
import { ONLINE, sampleEvent } from '../../test/web/fake-device.ts';
import { deviceTopics } from '../contract/topics.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { DeviceView, type BusConnection } from './device-view.ts';

const topics = deviceTopics('tyto');

describe('the device as its bus tells of it', () => {
  let clock: VirtualClock;
  let view: DeviceView;
  let hear: (topic: string, payload: string, retained?: boolean) => void;
  let said: (readonly [topic: string, payload: string])[];
  beforeEach(() => {
    said = [];
    const handlers = new Map<string, Parameters<BusConnection['subscribe']>[1]>();
    const bus: BusConnection = { connected: true, publish: (topic, payload) => {
      said.push([topic, payload]);
    }, subscribe: (topic, handler) => { handlers.set(topic, handler); } };
    clock = new VirtualClock(millis(0));
    view = new DeviceView({ bus, topics, camera: 'yard', clock, log: silentLog });
    view.open();
    hear = (topic, payload, retained = false) => handlers.get(topic)?.(Buffer.from(payload), topic, retained);
  });
  const state = JSON.stringify(ONLINE);

  it('knows for how long the camera\'s process has been silent', async () => {
    assert.equal(view.cameraSilence(), undefined);
    hear(topics.camera('yard').state, state);
    await clock.advance(seconds(12));
    assert.equal(view.cameraSilence(), seconds(12));
    hear(topics.available, 'offline');
    assert.deepEqual([view.camera(), view.cameraSilence()], [undefined, seconds(12)]);
    hear(topics.camera('yard').state, state);
    assert.equal(view.cameraSilence(), 0);
  });

  it('takes what the broker has kept for the latest state, not for a sign of life', () => {
    hear(topics.camera('yard').state, state, true);
    assert.deepEqual([view.camera(), view.cameraSilence()], [ONLINE, undefined]);
  });

  it('takes nothing for a state or a sign of life that is neither', () => {
    for (const junk of ['', '{}', 'null', '{"camera":"yard"}']) hear(topics.camera('yard').state, junk);
    assert.deepEqual([view.camera(), view.cameraSilence()], [undefined, undefined]);
  });

  it('knows since when something is recorded on demand, and until when', async () => {
    const { recordState, recordAnswer } = topics.camera('yard');
    const answer = (until: number | null) => JSON.stringify({ ok: true, request: null, event: null, until });
    hear(recordState, 'OFF', true);
    assert.equal(view.manual(), undefined);
    await clock.advance(seconds(5));
    hear(recordAnswer, answer(35));
    hear(recordState, 'ON');
    assert.deepEqual(view.manual(), { since: 5, until: 35 });
    await clock.advance(seconds(5));
    hear(recordAnswer, answer(60));
    assert.deepEqual(view.manual(), { since: 5, until: 60 });
    hear(recordAnswer, answer(null));
    hear(recordState, 'OFF');
    assert.equal(view.manual(), undefined);
    hear(recordState, 'ON', true);
    assert.deepEqual(view.manual(), { since: null, until: null }, 'it began before this was there to hear it');
    hear(topics.available, 'offline');
    assert.equal(view.manual(), undefined);
  });

  it('hands on what came of commands, and says each on the topic that takes it', async () => {
    const answers: unknown[] = [];
    view.subscribe((change) => { if (change.type === 'answer') answers.push(change.answer); });
    const refused = { ok: false, request: 'a-1', code: 'command.disarmed', message: 'no' };
    hear(topics.camera('yard').triggerAnswer, JSON.stringify(refused));
    hear(topics.camera('yard').triggerAnswer, '{"ok":"perhaps"}');
    assert.deepEqual(answers, [refused]);
    await view.command({ type: 'record', command: { record: true, length: 5 } });
    await view.command({ type: 'trigger', command: { label: 'doorbell' } });
    assert.deepEqual(said, [
      [topics.camera('yard').recordSet, '{"record":true,"length":5}'],
      [topics.camera('yard').trigger, '{"label":"doorbell"}'],
    ]);
  });

  it('counts events that ended, by kind', () => {
    const event = sampleEvent(1_795_252_530, 5, { kinds: ['motion', 'person'] });
    for (const type of ['new', 'update', 'end'] as const)
      hear(topics.events, JSON.stringify({ type, before: event, after: event }));
    assert.deepEqual(
      [view.endedEvents().get('person'), view.endedEvents().get('motion'), view.endedEvents().get('face')], [1, 1, 0],
    );
  });

  it('counts uploads as the uploader tells', () => {
    hear(topics.uploads, JSON.stringify({
      target: 's3', pending: 2, uploaded: 7, refused: 1, gone: 0, problem: { code: 'x', message: 'y' }, refusals: [],
    }), true);
    assert.deepEqual([view.uploads()?.pending, view.uploads()?.problem !== null], [2, true]);
  });
});
