import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import { DecodeGate, DecodedShare, type PacketFacts } from './decode-gate.ts';

const FPS = 10;
const GROUP = 20;
/** Size of a packet for each mark: a scene of 10 packets a mark, one a second. */
const SIZES: Readonly<Record<string, number>> = { '.': 1000, 'm': 1000, 'M': 4000, 'n': 1500, 'L': 1000, '!': 4000 };
/** Bytes of a keyframe: of an encoder that keeps a bit rate, and of one that keeps the quality. */
const [RATE, QUALITY] = [20_000, 100_000];

interface Played { readonly decisions: readonly string[]; readonly gate: DecodeGate }

/**
 * Plays a scene of one second a mark, a keyframe every two, five pictures a second of what is decoded:
 * `.` still, `M` motion that packets tell, `m` motion they do not, `n` more noise, `L` another light, `!` large packets of nothing.
 * Of each second it says K: only keyframes, or p: not even its keyframe, or f: all; b: the group before a keyframe was
 * asked for; r: all from a keyframe on, for a proof.
 */
function play(scene: string, gate = new DecodeGate(), keyframe = RATE): Played {
  let shown = '.';
  const decisions = [...scene].map((mark, second) => {
    let said = '';
    for (let n = 0; n < FPS; n++) {
      const index = second * FPS + n;
      const at = millis(index * 1000 / FPS);
      const key = index % GROUP === 0;
      const decision = gate.packet({ at, key, whole: key, kind: 4, place: index % GROUP,
        bytes: key ? keyframe : (SIZES[mark] ?? 0) + index * 37 % 50 });
      const moving = mark === 'M' || mark === 'm';
      if (decision === 'glance') {
        const changed = moving !== (shown === 'M' || shown === 'm') || mark === 'L';
        if (gate.glanced(at, changed) === 'go-back') said += 'b';
        else said += 'K';
        shown = mark;
      } else if (decision === 'hold' && key) said += 'p';
      else if (decision === 'begin') said += 'r';
      else if (decision === 'follow') {
        said += 'f';
        if (n % 2 === 0) gate.picture(at, () => moving);
        shown = mark;
      }
    }
    return ['b', 'r', 'f', 'p'].find((word) => said.includes(word)) ?? 'K';
  });
  return { decisions, gate };
}

const line = (scene: string): string => play(scene).decisions.join('');

describe('the decode gate', () => {
  it('decodes all until it knows the scene, then keyframes', () => assert.equal(line('............'), 'ffffKKKKKKKK'));
  it('opens with the first packet that tells, and shuts when all is still', () => assert.equal(line('.........MMM......'), 'ffffKKKKKfffffKKKK'));
  it('opens for a keyframe that shows what no packet told, and looks back', () => assert.equal(line('.........mmm......'), 'ffffKKKKKKbfffKKKK'));
  it('passes keyframes by where each byte between them would tell, but looks every few seconds', () =>
    assert.match(play('.'.repeat(40), new DecodeGate(), QUALITY).decisions.join(''), /^ffff(pK){3}(KK(pK){3})+/));
  it('looks at each keyframe for a quarter of a minute after something moved', () => {
    const scene = `${'.'.repeat(12)}MMM${'.'.repeat(30)}`;
    const said = play(scene, new DecodeGate(), QUALITY).decisions.join('');
    assert.match(said.slice(15), /^ff[^p]{13}p/);
  });
  it('looks at each keyframe where one showed lately what no packet told', () => {
    const gate = new DecodeGate();
    const scene = `${'.'.repeat(13)}${'m'.repeat(9)}${'.'.repeat(30)}`;
    assert.match(play(scene, gate, QUALITY).decisions.join('').slice(-20), /^K+$/);
  });
  it('looks at a keyframe of another size', () => {
    const gate = new DecodeGate();
    play('.'.repeat(8), gate, QUALITY);
    const looks = [101_000, 97_000].map((bytes) => gate.packet({ at: millis(8000), key: true, whole: true, kind: 4, place: 0, bytes }));
    assert.deepEqual(looks, ['hold', 'glance']);
  });
  it('takes one odd light for an odd light', () => assert.equal(line('..........L.......'), 'ffffKKKKKKbfKKKKKK'));
  it('learns that there is more noise now', () => assert.match(line(`........${'n'.repeat(20)}`), /^ffffKKKK.*fK{6,}$/));
  it('proves itself after a minute, and then more and more rarely', () => {
    const proofs = [...line('.'.repeat(600))].flatMap((said, second) => (said === 'r' ? [second] : []));
    assert.deepEqual(proofs.map((second, index) => Math.round((second - (proofs[index - 1] ?? 0)) / 10) * 10), [60, 120, 240]);
  });

  it('gives up where packets do not tell, says so, and comes back when they do again', () => {
    const gate = new DecodeGate();
    play(`.....${'.......mmmm.'.repeat(5)}`, gate);
    assert.deepEqual(gate.mode, { mode: 'full', reason: 'silent' });
  });

  it('finds nothing to leave out in nothing but keyframes', () => {
    const gate = new DecodeGate();
    for (let n = 0; n < 30; n++) gate.packet({ at: millis(n * 40), key: true, whole: true, kind: 4, place: 0, bytes: 5000 });
    assert.deepEqual(gate.mode, { mode: 'full', reason: 'keyframes-only' });
  });

  it('does not hold what lies between keyframes that are too far apart', () => {
    const gate = new DecodeGate();
    let decision = '';
    for (let n = 0; n < 250; n++) decision = gate.packet({ at: millis(n * 100), key: n === 0, whole: n === 0, kind: 4, place: n, bytes: 100 });
    assert.deepEqual([gate.mode, decision], [{ mode: 'full', reason: 'keyframes-rare' }, 'follow']);
  });

  it('decodes all of a stream that refreshes its picture bit by bit', () => {
    const gate = new DecodeGate();
    gate.packet({ at: millis(0), key: true, whole: false, kind: 4, place: 0, bytes: 100 });
    assert.deepEqual(gate.mode, { mode: 'full', reason: 'gradual' });
  });
  it('is tried again a minute after an odd spell of keyframes, and at once given up in the next', () => {
    const { gate } = play('.'.repeat(12));
    const odd = (from: number, spell: 'only keyframes' | 'in parts'): void => {
      for (let n = 0; n < 60; n++) {
        gate.packet({ at: millis(from + n * 100), key: true, whole: spell === 'only keyframes', kind: 4, place: 0, bytes: RATE });
      }
    };
    const usual = (from: number, lasts: number): string[] => {
      const modes = new Set<string>();
      for (let n = 0; n < lasts * FPS; n++) {
        const at = millis(from + n * 1000 / FPS);
        const key = n % GROUP === 0;
        const decision = gate.packet({ at, key, whole: true, kind: 4, place: n % GROUP, bytes: key ? RATE : 1000 + n * 37 % 50 });
        if (decision === 'follow') gate.picture(at, () => false);
        if (decision === 'glance') gate.glanced(at, false);
        modes.add(gate.mode.mode);
      }
      return [...modes];
    };
    for (const [spell, from] of [['only keyframes', 20_000], ['in parts', 200_000]] as const) {
      odd(from, spell);
      assert.equal(gate.mode.mode, 'full', spell);
      assert.deepEqual(usual(from + 6000, 50), ['full'], spell);
      assert.deepEqual(usual(from + 56_000, 30), ['full', 'gated'], spell);
      assert.deepEqual(usual(from + 86_000, 20), ['gated'], spell);
    }
  });

  it('stays open while vision wants to look, whatever packets and pictures say', () => {
    const gate = new DecodeGate();
    play('........', gate);
    gate.seen(millis(8000), true);
    for (let n = 80; n < 210; n++) {
      const place = n % GROUP;
      const decision = gate.packet({
        at: millis(n * 100), key: place === 0, whole: true, kind: 4, place, bytes: place === 0 ? 20_000 : 1000,
      });
      assert.equal(decision, 'follow');
      gate.seen(millis(n * 100), n < 200);
    }
  });

  const packets = fc.array(fc.record({
    bytes: fc.integer({ min: 1, max: 100_000 }), kind: fc.integer({ min: 0, max: 40 }), place: fc.nat(), key: fc.boolean(), whole: fc.boolean(),
    step: fc.integer({ min: -80, max: 5000 }), changed: fc.boolean(), moving: fc.boolean(), attention: fc.option(fc.boolean()),
  }), { maxLength: 300 });

  it('whatever comes: looks only at keyframes alone, and holds nothing that must be decoded', () => fc.assert(fc.property(packets, (stream) => {
    const gate = new DecodeGate();
    let at = 0;
    for (const { step, changed, moving, attention, ...facts } of stream) {
      at = Math.max(0, at + step);
      const packet: PacketFacts = { ...facts, at: millis(at) };
      const decision = gate.packet(packet);
      if (decision === 'glance' || decision === 'begin') assert.ok(packet.key);
      if (packet.key) assert.notEqual(decision, 'hold');
      if (gate.mode.mode !== 'gated') assert.ok(decision === 'follow' || decision === 'glance', `${gate.mode.mode}: ${decision}`);
      if (decision === 'glance') assert.equal(gate.glanced(packet.at, changed), changed ? 'go-back' : 'go-on');
      if (decision === 'follow') gate.picture(packet.at, () => moving);
      if (attention !== null) gate.seen(packet.at, attention);
    }
  })));

  it('decodes all where keyframes are far apart and noise hides who comes between them, until it is less', () => {
    const gate = new DecodeGate();
    const group = 100;
    const modes: string[] = [];
    for (let n = 0; n < 1200; n++) {
      const at = millis(n * 100);
      const place = n % group;
      const noise = n < 600 ? n * 397 % 800 : n * 397 % 40;
      const decision = gate.packet({
        at, key: place === 0, whole: place === 0, kind: 4, place, bytes: place === 0 ? 20_000 : 800 + noise,
      });
      if (decision === 'glance') gate.glanced(at, false);
      if (decision === 'follow') gate.picture(at, () => false);
      if (place === 50) modes.push(gate.mode.mode === 'full' ? gate.mode.reason : gate.mode.mode);
    }
    assert.deepEqual(modes.slice(1, 6), Array.from({ length: 5 }, () => 'noisy'));
    assert.deepEqual(modes.slice(-3), ['gated', 'gated', 'gated']);
  });

  it('whatever came before: a packet far above the normal opens it', () => fc.assert(fc.property(
    fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 150, maxLength: 200 }), fc.integer({ min: 3000, max: 50_000 }),
    (sizes, large) => {
      const gate = new DecodeGate();
      sizes.forEach((bytes, n) => {
        const key = n % GROUP === 0;
        gate.packet({
          at: millis(n * 100), key, whole: key, kind: 4, place: n % GROUP, bytes: key ? 20_000 : bytes,
        });
        if (key) gate.glanced(millis(n * 100), false);
        gate.picture(millis(n * 100), () => false);
      });
      const at = millis(sizes.length * 100 + 10);
      assert.equal(gate.mode.mode, 'gated');
      assert.equal(gate.packet({ at, key: false, whole: false, kind: 4, place: 1, bytes: large }), 'follow');
    },
  )));
});

describe('the share of decoded pictures', () => {
  it('is of the pictures that came, and never more than all', () => {
    const share = new DecodedShare();
    assert.equal(share.share, 1);
    for (let n = 0; n < 10; n++) share.came();
    share.decoded();
    assert.equal(share.share, 0.1);
    for (let n = 0; n < 20; n++) share.decoded();
    assert.equal(share.share, 1);
  });
});
