import assert from 'node:assert/strict';
import fc from 'fast-check';
import { complaintsAboutShapes } from '../contract/place-shape.ts';
import { placesSchema, type Places } from '../contract/places.ts';
import {
  added, changed, complaintAbout, complaintAboutName, inSide, moved, pointsOf, removed, split, without, withPoints,
} from './ui/src/places/drawing.ts';

const empty: Places = { zones: [], lines: [], privacy_masks: [] };

describe('drawing of places', () => {
  it('adds what the device accepts, each with a name of its own', () => {
    let places = empty;
    for (const kind of ['zones', 'zones', 'lines', 'privacy_masks'] as const) [places] = added(places, kind);
    assert.deepEqual(placesSchema.parse(places), places);
    assert.deepEqual(places.zones.map(({ name }) => name), ['zone-1', 'zone-2']);
    assert.equal(complaintAbout(places), undefined);
  });

  it('lays each new one beside the others, as many as there may be', () => {
    let places = empty;
    for (let count = 0; count < 32; count++)
      for (const kind of ['zones', 'lines', 'privacy_masks'] as const) [places] = added(places, kind);
    const all = [...places.zones, ...places.lines, ...places.privacy_masks];
    assert.equal(new Set(all.map((place) => String(pointsOf(place)[0]))).size, 96);
    assert.deepEqual(placesSchema.parse(places), places);
  });

  it('keeps every drawing inside the picture, and tells at once of what the device would refuse', () => {
    const step = fc.record({
      what: fc.constantFrom('move', 'split', 'without'), at: fc.nat(63),
      to: fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const [first, ref] = added(empty, 'zones');
      let places = first;
      for (const { what, at, to } of steps) {
        const points = pointsOf(places.zones[0] ?? assert.fail());
        const index = at % points.length;
        places = withPoints(places, ref, what === 'move' ? moved(points, index, to)
          : what === 'split' ? split(points, index) : without(points, index));
      }
      assert.ok(placesSchema.safeParse(places).success);
      assert.equal(complaintsAboutShapes(places).length === 0, complaintAbout(places) === undefined);
      assert.ok(pointsOf(places.zones[0] ?? assert.fail()).flat().every((share) => share >= 0 && share <= 1));
    }), { numRuns: 50 });
  });

  it('shows `in` on the right side of a line, seen from its beginning', () => {
    const [x, y] = inSide({ name: 'door', from: [0.2, 0.5], to: [0.8, 0.5] }, 16 / 9);
    assert.ok(Math.abs(x - 0.5) < 1e-9 && y > 0.5, 'to the right of one who goes right is down in the picture');
  });

  it('tells why a drawing cannot be stored', () => {
    const [places, ref] = added(empty, 'zones');
    const drawn = (...points: readonly (readonly [number, number])[]) => withPoints(places, ref, points);
    assert.match(complaintAbout(drawn([0.1, 0.9], [0.9, 0.9], [0.9, 0.903], [0.1, 0.903])) ?? '',
      /^“zone-1”: it is too small for anything to stand in: .* all of it is 80 % wide and 0.3 % high\.$/);
    assert.match(complaintAbout(drawn([0.2, 0.2], [0.8, 0.8], [0.8, 0.2], [0.2, 0.8])) ?? '', /crosses/);
    const masked = { ...places, privacy_masks: [{ name: 'all', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }] } as const;
    assert.match(complaintAbout(masked) ?? '', /^“zone-1”: nothing can count in it: it lies under "all"/);
  });

  it('tells why names cannot be stored', () => {
    const [one, first] = added(empty, 'zones');
    const [two, second] = added(one, 'zones');
    assert.match(complaintAbout(changed(two, second, { name: 'zone-1' })) ?? '', /Two are called “zone-1”/);
    assert.match(
      complaintAbout(changed(two, first, { name: 'front/garden' })) ?? '', /“front\/garden” cannot be a name/,
    );
    assert.equal(complaintAbout(changed(two, first, { name: 'Süd & Garten' })), undefined);
    assert.equal(complaintAboutName(changed(two, second, { name: ' ' }), second), 'It needs a name.');
    assert.equal(complaintAboutName(changed(two, second, { name: ' ' }), first), undefined);
    assert.deepEqual(removed(two, first).zones.map(({ name }) => name), ['zone-2']);
  });
});
