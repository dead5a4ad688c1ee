import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { SoundTrust } from './sound-trust.ts';

/** Seconds that connections last; none are those in which no video comes. Tells of each whether it had sound. */
function connect(...lengths: readonly number[]): string {
  const trust = new SoundTrust();
  return lengths.map((length) => {
    const withSound = !trust.isLost;
    trust.ended({ withSound, delivered: length > 0, lasted: seconds(length) });
    return withSound ? 'S' : '-';
  }).join('');
}

describe('trust in a camera\'s sound', () => {
  it('holds while connections last', () => assert.equal(connect(3600, 5, 3600, 5, 5), 'SSSSS'));
  it('is lost for one connection when no video came with sound', () => assert.equal(connect(0, 3600, 3600), 'S-S'));
  it('is lost for one connection when three with sound broke off soon', () =>
    assert.equal(connect(5, 5, 5, 3600, 5), 'SSS-S'));
  it('is not what keeps a camera away that is not there', () => assert.equal(connect(0, 0, 0, 0, 3600), 'S-S-S'));
});
