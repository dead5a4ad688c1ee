import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { GlanceHelp, type Glance } from './glance.ts';
import type { Packet } from './packet.ts';

const DEPTH = 2;
const NOW = millis(1000);
const glance = (helpers: number, letGo: boolean, came = true): Glance =>
  ({ key: {} as Packet, before: [], since: NOW, helpers, letGo, came, colours: [] });

/** A decoder that was helped to one keyframe by packets. */
function helped(): GlanceHelp {
  const help = new GlanceHelp();
  help.fed();
  help.over(glance(DEPTH, false), NOW, DEPTH);
  return help;
}

describe('help for a keyframe that is decoded alone', () => {
  it('is packets at first, then a word: to let go of what those left, and from then on of the keyframe alone', () => {
    const help = new GlanceHelp();
    assert.deepEqual([help.packets(DEPTH), help.held(DEPTH)], [2, undefined]);
    help.fed();
    help.over(glance(DEPTH, false), NOW, DEPTH);
    assert.equal(help.held(DEPTH), 2);
    help.fed();
    help.over(glance(0, true), NOW, DEPTH);
    assert.equal(help.held(DEPTH), 0);
  });
  it('is packets again as soon as anything else was decoded', () => {
    const help = helped();
    help.fed();
    assert.equal(help.held(DEPTH), undefined);
  });
  it('is none where pictures come in order', () => {
    const help = new GlanceHelp();
    help.over(glance(0, false), NOW, 0);
    assert.deepEqual([help.packets(0), help.held(0)], [0, undefined]);
  });
  it('is packets for good where the word brought another picture than the keyframe\'s, or none', () => {
    const help = helped();
    help.over(glance(1, true, false), NOW, DEPTH);
    help.over(glance(DEPTH, false), NOW, DEPTH);
    assert.equal(help.held(DEPTH), undefined);
  });
  it('is packets for good where only these brought the picture, whatever was said', () => {
    const help = helped();
    help.over({ ...glance(DEPTH, true), helpedAt: NOW }, NOW, DEPTH);
    help.over(glance(DEPTH, false), NOW, DEPTH);
    assert.equal(help.held(DEPTH), undefined);
  });
  it('is the word still where a picture was merely slow to come', () => {
    const help = helped();
    help.over({ ...glance(1, true), helpedAt: NOW }, NOW, DEPTH);
    assert.equal(help.held(DEPTH), 1);
  });
});
