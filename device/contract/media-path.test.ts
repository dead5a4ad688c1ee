import assert from 'node:assert/strict';
import { millis } from '../core/units.ts';
import { dayOfMediaFile, parseSegmentFileName, segmentFileName, SEGMENT_KINDS } from './media-path.ts';
import { eventId, mediaFileName, parseMediaFileName } from './names.ts';

const at = millis(Date.UTC(2026, 10, 21, 23, 59, 59, 123));
const whose = { at, device: 'barn-1', camera: 'camera' };
const segment = { kind: 'continuous' as const, ...whose };
const clip = mediaFileName({ ...whose, eventId: eventId(at, 0.5), extension: 'mp4' });

describe('paths of recorded files', () => {
  it('names a segment so that it reads back', () => {
    assert.equal(segmentFileName(segment), '20261121T235959.123Z_barn-1_camera_continuous.mp4');
    for (const kind of SEGMENT_KINDS)
      assert.deepEqual(parseSegmentFileName(segmentFileName({ ...segment, kind })), { ...segment, kind });
  });
  it('names a clip so that it reads back', () =>
    assert.deepEqual(parseMediaFileName(clip), { ...whose, eventId: eventId(at, 0.5), extension: 'mp4' }));
  it('takes no segment for an event\'s clip, and no clip for a segment', () => {
    assert.equal(parseMediaFileName(segmentFileName(segment)), undefined);
    assert.equal(parseSegmentFileName(clip), undefined);
  });
  it('reads nothing into names that are not ours', () => {
    const strange = [
      '', 'holiday.mp4', '20269921T235959.123Z_a_b_continuous.mp4', `${segmentFileName(segment)}.tmp`,
      `${clip}.tmp`, clip.replace('.mp4', '.avi'),
      clip.replace('barn-1', '..'), clip.replace('2026', '26'), clip.replace(/_[^_]+\.mp4$/, '_nobody.mp4'),
    ];
    for (const name of strange)
      assert.deepEqual([parseSegmentFileName(name), parseMediaFileName(name)], [undefined, undefined], name);
  });
  it('finds the day\'s folder from a name', () => {
    assert.equal(dayOfMediaFile(clip), '2026-11-21');
    assert.equal(dayOfMediaFile(segmentFileName(segment)), '2026-11-21');
    assert.equal(dayOfMediaFile('holiday.mp4'), undefined);
  });
});
