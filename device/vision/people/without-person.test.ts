import assert from 'node:assert/strict';
import type { EventFace, TytoEvent } from '../../contract/event.ts';
import { namesPerson, withoutPerson } from './without-person.ts';

const face = (person: string | null): EventFace =>
  ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: person === null ? null : 0.8 });
/** Only what is looked at: an event with these faces. */
const seen = (...people: (string | null)[]): TytoEvent =>
  ({ id: '1795252530.123456-k3x9ab', faces: people.map(face) } as unknown as TytoEvent);

describe('a person who is forgotten', () => {
  it('is unknown in events from then on; others keep their names', () => {
    const event = withoutPerson(seen('Ann', 'Bob', null), 'ann');
    assert.deepEqual(
      event.faces.map(({ person, similarity }) => [person, similarity]), [[null, null], ['Bob', 0.8], [null, null]],
    );
    assert.equal(namesPerson(event, 'Ann'), false);
  });

  it('leaves an event alone that does not name the person', () => {
    const event = seen('Bob', null);
    assert.equal(withoutPerson(event, 'Ann'), event);
  });
});
