import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { DecoderFeed } from './decoder-feed.ts';
import type { Packet } from './packet.ts';
import { SparePictures } from './spare-pictures.ts';

/** 25 a second, a keyframe that begins a closed group every `group`; what is `spare` no other is made from. */
const packets = (count: number, group: number, facts: (number: number) => Partial<Packet> = () => ({})): Packet[] =>
  Array.from({ length: count }, (_, number) => {
    const key = number % group === 0;
    return {
      number, ticks: number * 40, at: millis(number * 40), bytes: 1, key, whole: key, closed: key, leading: false, spare: false, kind: 0,
      place: number % group, picture: { decodeTicks: number * 40, offset: 0, duration: 40, key, payload: new Uint8Array(1) }, ...facts(number),
    };
  });

/** A feed of looks five times a second, and what it decodes: `|` stands before what does not continue the packet before. */
function feeding({ mayWait = true, until = Infinity } = {}): { readonly feed: DecoderFeed; readonly decoded: () => string } {
  const decoded: string[] = [];
  const feed = new DecoderFeed(new SparePictures([5]), mayWait, ({ number }, follows) => {
    if (number >= until) return false;
    decoded.push(`${follows ? '' : '|'}${number}`);
    return true;
  });
  return { feed, decoded: () => decoded.splice(0).join(' ') };
}

describe('what a decoder is fed', () => {
  it('is of what is followed each packet once, also when it is asked for anew', () => {
    const { feed, decoded } = feeding({ mayWait: false });
    const group = packets(4, 50);
    feed.followRest(group.slice(0, 2));
    feed.followRest(group);
    feed.followRest(group);
    assert.equal(decoded(), '0 1 2 3');
  });

  it('is the whole group anew where something else was fed in between', () => {
    const { feed, decoded } = feeding({ mayWait: false });
    const all = packets(12, 4);
    feed.feed(all[0] as Packet, false);
    feed.feed(all[8] as Packet, false);
    feed.followRest(all.slice(4, 8));
    assert.equal(decoded(), '|0 |8 |4 5 6 7');
  });

  it('may wait where nobody looks at it, and comes before what is looked at and made from it', () => {
    const all = packets(6, 50);
    const patient = feeding();
    patient.feed.followRest(all.slice(0, 5));
    assert.equal(patient.decoded(), '0');
    patient.feed.followRest(all);
    assert.equal(patient.decoded(), '1 2 3 4 5');
    const live = feeding({ mayWait: false });
    live.feed.followRest(all.slice(0, 5));
    assert.equal(live.decoded(), '0 1 2 3 4');
  });

  it('has nothing that is made from what was left out', () => {
    const all = packets(8, 4, (number) => ({ leading: number === 5 }));
    const after = feeding();
    after.feed.feed(all[4] as Packet, false);
    for (const packet of all.slice(5)) after.feed.feed(packet);
    assert.equal(after.decoded(), '|4 6 7');
    const on = feeding();
    for (const packet of all) on.feed.feed(packet);
    assert.equal(on.decoded(), '0 1 2 3 4 5 6 7');
  });

  it('begins with a keyframe after what was fed is lost', () => {
    const { feed, decoded } = feeding({ until: 2 });
    const all = packets(8, 4);
    for (const packet of all.slice(0, 4)) feed.feed(packet);
    assert.deepEqual([decoded(), feed.continuesWith(all[3] as Packet), feed.keyTicks], ['0 1', false, 0]);
  });

  it('says what comes next, and what is still ahead', () => {
    const { feed } = feeding();
    const all = packets(4, 50);
    feed.feed(all[0] as Packet);
    assert.deepEqual(all.map((packet) => feed.continuesWith(packet)), [false, true, false, false]);
    assert.deepEqual(all.map((packet) => feed.isAhead(packet)), [false, true, true, true]);
  });
});
