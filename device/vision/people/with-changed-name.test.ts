import assert from 'node:assert/strict';
import type { EventFace, TytoEvent } from '../../contract/event.ts';
import { withChangedName } from './with-changed-name.ts';

const face = (person: string | null): EventFace =>
  ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: person === null ? null : 0.8 });
/** Only what is looked at: an event with these faces. */
const seen = (...people: (string | null)[]): TytoEvent =>
  ({ id: '1795252530.123456-k3x9ab', faces: people.map(face) } as unknown as TytoEvent);
const told = ({ faces }: TytoEvent) => faces.map(({ person, similarity }) => [person, similarity]);

describe('a name in an event', () => {
  it('is unknown once the person is forgotten; others keep their names', () => {
    const event = withChangedName(seen('Ann', 'Bob', null), { name: 'ann', to: null });
    assert.deepEqual(told(event), [[null, null], ['Bob', 0.8], [null, null]]);
  });

  it('is another one once the person is called otherwise, and the face as alike as it was', () => {
    const event = withChangedName(seen('Ann', 'Bob', null), { name: 'ann', to: 'Anna' });
    assert.deepEqual(told(event), [['Anna', 0.8], ['Bob', 0.8], [null, null]]);
    assert.deepEqual(told(withChangedName(seen('ann'), { name: 'ann', to: 'Ann' })), [['Ann', 0.8]]);
  });

  it('leaves an event alone in which nothing changes', () => {
    const event = seen('Bob', null);
    assert.equal(withChangedName(event, { name: 'Ann', to: null }), event);
    assert.equal(withChangedName(event, { name: 'bob', to: 'Bob' }), event);
  });
});
