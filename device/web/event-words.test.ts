import assert from 'node:assert/strict';
import { sampleEvent } from '../../test/web/fake-device.ts';
import type { EventFace, EventObject } from '../contract/event.ts';
import { findings, headline } from '../ui/event-words.ts';

const face = (person: string | null): EventFace =>
  ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: person === null ? null : 0.8 });
const thing = (label: EventObject['label']): EventObject => ({ label, box: [0, 0, 0.1, 0.1], score: 0.9, time: 1 });
const step = (line: string, direction: 'in' | 'out') => ({ line, direction, time: 1 });

describe('an event in words', () => {
  it('is named by who and what it is about', () => {
    const said = (kinds: Parameters<typeof headline>[0]['kinds'], ...faces: EventFace[]) => headline({ kinds, faces });
    assert.deepEqual([
      said(['motion']), said(['person', 'motion']), said(['covered', 'motion']), said(['face', 'motion'], face(null)),
      said(['face', 'motion'], face('Ada')), said(['person', 'face', 'motion'], face('Ada'), face('Ada'), face(null)),
    ], ['Movement', 'Person', 'Camera covered', 'Face', 'Ada', 'Ada, Person']);
  });

  it('tells faces, things, zones with the time in them, and lines', () => {
    const track = {
      id: 1, start_time: 1, end_time: 9, path: [], direction: null,
      zones: [{ zone: 'drive', seconds: 11.6 }, { zone: 'gate', seconds: 0.4 }],
    };
    assert.deepEqual(findings(sampleEvent(1, 9, {
      faces: [face('Ada'), face(null), face(null)],
      objects: [thing('person'), thing('person'), thing('vehicle')], entered_zones: ['drive', 'gate'],
      tracks: [track], crossings: [step('door', 'in'), step('door', 'in'), step('door', 'out'), step('ramp', 'out')],
    })),
    ['Faces: Ada, 2 unknown', '2 people, 1 vehicle', 'Zones: drive (12 s), gate', 'door: 2 in, 1 out', 'ramp: 1 out']);
  });

  it('tells nothing else of mere movement', () => assert.deepEqual(findings(sampleEvent(1, 9)), []));
});
