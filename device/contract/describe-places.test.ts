import assert from 'node:assert/strict';
import { describePlaces, describePlacesBody } from './describe-places.ts';
import { countingLinesSchema, placesSchema, privacyMasksSchema, zonesSchema } from './places.ts';

const polygon = [[0, 0], [1, 0], [1, 1]];
const schemas = { zones: zonesSchema, lines: countingLinesSchema, privacy_masks: privacyMasksSchema };

function fault(kind: keyof typeof schemas, list: unknown): string {
  const { error } = schemas[kind].safeParse(list);
  assert.ok(error !== undefined, 'it must be refused');
  return describePlaces(kind, error, list);
}

describe('what is wrong with places', () => {
  it('is told by the name of the place, or its number, and the corner', () => {
    assert.equal(
      fault('zones', [{ name: 'drive', polygon: [[0, 0], [1.4, 0], [1, 1]] }]),
      'zone "drive", corner 2: x must be from 0 to 1, got 1.4',
    );
    assert.equal(fault('privacy_masks', [{ polygon: [[0, 0], [1, -1], 5] }]), [
      'mask 1: name must begin with a letter or digit and have no / + or #, at most 64 signs, got nothing',
      'mask 1, corner 2: y must be from 0 to 1, got -1',
      'mask 1, corner 3: must be [x, y], got 5',
    ].join('; '));
    assert.equal(fault('lines', [{ name: 'door', from: [0, 'top'], to: [0.1, 0.1, 0.1] }]),
      'line "door": y of from must be from 0 to 1, got "top"; line "door": to must be [x, y], got [0.1,0.1,0.1]');
  });

  it('says what a place has and has not', () => {
    assert.equal(
      fault('zones', [{ name: 'drive', polygon: [[0, 0], [1, 1]] }]),
      'zone "drive": polygon must have at least three corners, got [[0,0],[1,1]]',
    );
    assert.equal(fault('zones', [{ name: 'drive', polygon, type: 'in', colour: 'red' }]),
      'zone "drive": type must be include or exclude, got "in"; zone "drive": a zone has no colour');
    assert.equal(
      fault('zones', [{ name: 'drive', polygon, typ: 'include', sensitivity: '60%' }]),
      'zone "drive": sensitivity must be from 0 to 1, got "60%"; write 0.6; '
        + 'zone "drive": a zone has no typ; did you mean type?',
    );
    assert.equal(fault('zones', ['drive']), 'zone 1: must be an object in braces, got "drive"');
    assert.equal(fault('zones', { drive: polygon }), 'zones: must be a list');
  });

  it('is no name in any script, with spaces and signs, but what would break a topic or cannot be seen', () => {
    const zoneCalled = (name: string): unknown => zonesSchema.safeParse([{ name, polygon }]).data?.[0]?.name;
    for (const name of ['Front door', 'Süd', 'Lawn & drive!', '前庭', 'front_yard-2', 'A', 'Tür (hinten), links'])
      assert.equal(zoneCalled(name), name);
    assert.deepEqual([zoneCalled(' Su\u0308d '), zoneCalled('x'.repeat(64))], ['Süd', 'x'.repeat(64)]);
    for (const name of ['', ' ', 'a/b', 'a+b', '#', '__proto__', 'a\nb', 'a\u202Eb', 'x'.repeat(65)])
      assert.equal(zoneCalled(name), undefined, JSON.stringify(name));
    assert.equal(fault('zones', [{ name: 'a/b', polygon }]),
      'zone "a/b": name must begin with a letter or digit and have no / + or #, at most 64 signs, got "a/b"');
  });

  it('names the place whose name another has', () => {
    assert.equal(
      fault('zones', [{ name: 'drive', polygon }, { name: 'drive', polygon }]),
      'zone "drive": another has the same name; each name only once',
    );
    assert.equal(
      fault('lines', [{ name: 'door', from: [0, 0], to: [0, 0] }]), 'line "door": from and to are the same point',
    );
  });

  it('is told of all kinds of places alike', () => {
    const body = { zones: [], lines: [], privacy_masks: [{ name: 'neighbour', polygon: [[0, 0], [2, 0], [1, 1]] }] };
    const { error } = placesSchema.safeParse(body);
    assert.ok(error !== undefined);
    assert.equal(describePlacesBody(error, body), 'mask "neighbour", corner 2: x must be from 0 to 1, got 2');
  });
});
