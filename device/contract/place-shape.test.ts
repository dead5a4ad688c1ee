import assert from 'node:assert/strict';
import { describeShape } from './describe-places.ts';
import { complaintsAboutShapes } from './place-shape.ts';
import { placesSchema, type Places } from './places.ts';

const polygon = [[0, 0], [1, 0], [1, 1]];
const whole = [[0, 0], [1, 0], [1, 1], [0, 1]];
const drawn = (places: object): Places => placesSchema.parse({ zones: [], lines: [], privacy_masks: [], ...places });
const faults = (places: object): readonly string[] => complaintsAboutShapes(drawn(places)).map(describeShape);
const fault = (places: object): string => faults(places)[0] ?? assert.fail('nothing is wrong with it');

describe('what could never do what is meant by it', () => {
  it('is an include zone in which nothing can stand, however it came to be', () => {
    const zone = (...corners: readonly (readonly [number, number])[]) =>
      ({ zones: [{ name: 'yard', polygon: corners }] });
    const least = 'somewhere it must be 3 % of the picture wide and 3 % high';
    assert.equal(
      fault(zone([0.1, 0.9], [0.9, 0.9], [0.9, 0.903], [0.1, 0.903])),
      'zone "yard": it is too small for anything to stand in: '
        + `${least}, and all of it is 80 % wide and 0.3 % high`,
    );
    assert.match(fault(zone([0.1, 0.1], [0.1, 0.1], [0.1, 0.1])), /too small.* is 0 % wide and 0 % high/);
    assert.match(fault(zone([0.1, 0.1], [0.11, 0.1], [0.1, 0.6])), /too small/);
    assert.match(fault(zone([0, 0], [0.01, 0], [1, 0.99], [1, 1])), /too small/, 'a thin slant');
    assert.deepEqual(faults(zone([0.5, 0.5], [0.53, 0.5], [0.53, 0.53], [0.5, 0.53])), []);
    assert.deepEqual(faults({
      zones: [{ name: 'yard', polygon: [[0.1, 0.1], [0.11, 0.1], [0.1, 0.11]], type: 'exclude' }],
    }), []);
  });

  it('is an include zone that lies wholly under others, or masks, where nothing counts', () => {
    const yard = { name: 'yard', polygon };
    assert.equal(
      fault({ zones: [yard, { name: 'tree', polygon: whole, type: 'exclude' }] }),
      'zone "yard": nothing can count in it: it lies under "tree", where nothing counts',
    );
    assert.match(fault({ zones: [yard], privacy_masks: [{ name: 'all', polygon: whole }] }), /it lies under "all"/);
    assert.deepEqual(
      faults({ zones: [yard, { name: 'tree', polygon: [[0, 0], [1, 0], [0.9, 0.9]], type: 'exclude' }] }), [],
    );
  });

  it('is an outline that crosses itself', () => {
    const bow = [[0.2, 0.2], [0.8, 0.8], [0.8, 0.2], [0.2, 0.8]];
    for (const kind of ['zones', 'privacy_masks']) {
      assert.match(fault({ [kind]: [{ name: 'bow', polygon: bow }] }), new RegExp('^(zone|mask) "bow": its edge after '
        + 'corner 1 crosses the one after corner 3; move a corner, so that no two edges cross$'));
    }
    assert.deepEqual(faults({ privacy_masks: [{ name: 'thin', polygon: [[0.5, 0], [0.5, 1], [0.5, 0.5]] }] }), []);
  });

  it('is a line that is too short to be stepped over', () => assert.equal(
    fault({ lines: [{ name: 'door', from: [0.5, 0.5], to: [0.51, 0.5] }] }),
    'line "door": it is too short for anybody to step over: from and to must be 3 % of the picture apart at least',
  ));

  it('is not told again of what was so before, for who changes something else may not be able to mend it', () => {
    const before = drawn({ lines: [{ name: 'door', from: [0.5, 0.5], to: [0.51, 0.5] }] });
    const mask = { privacy_masks: [{ name: 'window', polygon }] };
    assert.deepEqual(complaintsAboutShapes({ ...before }, before), []);
    assert.deepEqual(complaintsAboutShapes({ ...before, ...drawn(mask), lines: before.lines }, before)
      .map(({ name }) => name), []);
    const worse = { ...before, zones: drawn({ zones: [{ name: 'dot', polygon: [[0, 0], [0, 0], [0, 0]] }] }).zones };
    assert.deepEqual(complaintsAboutShapes(worse, before).map(({ name }) => name), ['dot']);
  });
});
