import assert from 'node:assert/strict';
import { HeldPackets } from './held-packets.ts';

interface Named { readonly name: string; readonly key: boolean }

/** Holds packets named by a letter each: a capital is a keyframe, one behind `-` is passed by. */
function hold(names: string): { readonly held: HeldPackets<Named>; readonly before: readonly Named[] } {
  const held = new HeldPackets<Named>();
  let before: readonly Named[] = [];
  for (const [, passed, name = ''] of names.matchAll(/(-?)([a-zA-Z])/g)) {
    before = held.add({ name, key: name < 'a' }, passed === '-');
  }
  return { held, before };
}

const spell = (packets: readonly Named[]): string => packets.map(({ name }) => name).join('');

describe('held packets', () => {
  it('begin with the latest keyframe', () => {
    const { held, before } = hold('AbcDe');
    assert.deepEqual([spell(held.all), spell(before)], ['De', 'De']);
  });

  it('say at a keyframe what came before it', () => {
    const { held, before } = hold('AbcD');
    assert.deepEqual([spell(held.all), spell(before)], ['D', 'Abc']);
  });

  it('hold what stands before a keyframe that is passed by, until that is dropped', () => {
    const { held } = hold('Ab-Cd-Ef');
    assert.equal(spell(held.all), 'AbCdEf');
    assert.deepEqual([spell(held.dropPassed()), spell(held.all)], ['AbCd', 'Ef']);
    assert.deepEqual([spell(held.dropPassed()), spell(held.all)], ['', 'Ef']);
  });

  it('know of no keyframe that was passed by before one that was not', () => {
    const { held } = hold('Ab-CdEf');
    assert.deepEqual([spell(held.dropPassed()), spell(held.all)], ['', 'Ef']);
  });

  it('are none once they are cleared', () => {
    const { held } = hold('Ab-Cd');
    held.clear();
    assert.deepEqual([spell(held.dropPassed()), held.all], ['', []]);
  });
});
