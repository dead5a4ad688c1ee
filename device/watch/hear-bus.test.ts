import assert from 'node:assert/strict';
import { deviceTopics } from '../contract/topics.ts';
import { hearBus, type Subscriber } from './hear-bus.ts';

describe('what the bus asks of a camera', () => {
  it('is handed to who does it, as it came', () => {
    const handlers = new Map<string, Parameters<Subscriber['subscribe']>[1]>();
    const asked: unknown[] = [];
    const bus: Subscriber = { subscribe: (topic, handler) => { handlers.set(topic, handler); } };
    hearBus(bus, deviceTopics('tyto'), 'yard', {
      armCommand: { take: async (payload, retained) => void asked.push(['arm', String(payload), retained]) },
      commands: { take: (topic, { payload, retained }) => void asked.push([topic, String(payload), retained]) },
      arming: { topics: ['home/ada'], heard: (topic, text) => void asked.push([topic, text]) },
      places: { reload: async () => void asked.push('places') },
      announcer: { again: () => void asked.push('again') },
    });
    const say = (topic: string, text: string, retained = false) =>
      handlers.get(topic)?.(Buffer.from(text), topic, retained);
    say('tyto/yard/enabled/set', 'OFF', true);
    say('tyto/yard/record/set', 'ON');
    say('tyto/yard/trigger', '{}');
    say('tyto/yard/places/reload', '');
    say('tyto/onConnect', '');
    say('home/ada', 'x'.repeat(1000));
    assert.deepEqual(asked, [
      ['arm', 'OFF', true], ['record', 'ON', false], ['trigger', '{}', false], 'places', 'again',
      ['home/ada', 'x'.repeat(64)],
    ]);
    assert.equal(handlers.size, 6);
  });
});
