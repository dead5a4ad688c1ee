import assert from 'node:assert/strict';
import type { CameraState } from '../contract/topics.ts';
import { seconds } from '../core/units.ts';
import { CameraReport, idleReason } from './camera-report.ts';

describe('camera report', () => {
  it('tells a change at once, and counters alone every ten seconds', () => {
    const told: string[] = [];
    const report = new CameraReport('camera', ({ state, framesAnalysed }) => told.push(`${state} ${framesAnalysed}`));
    report.update({ framesAnalysed: 0 }, seconds(0));
    report.update({ state: 'online' }, seconds(1));
    for (let second = 2; second <= 12; second++) report.update({ framesAnalysed: second * 5 }, seconds(second));
    report.update({ state: 'offline', reason: 'gone' }, seconds(13));
    assert.deepEqual(told, ['connecting 0', 'online 0', 'online 55', 'offline 60']);
  });

  it('never says that all is recorded before the first picture, nor behind the last', () => {
    const told: string[] = [];
    const tell = ({ state, loss }: CameraState): void => void told.push(`${state}: ${loss ?? 'all is recorded'}`);
    const report = new CameraReport('camera', tell, () => (report.offline === null ? null : 'no pictures'));
    report.update({ demo: true }, seconds(0));
    report.update({ state: 'online' }, seconds(1));
    report.update({ state: 'offline', reason: 'gone' }, seconds(2));
    assert.deepEqual(told, ['connecting: no pictures', 'online: all is recorded', 'offline: no pictures']);
  });

  it('says why nothing is recorded, and that continuous recording goes on', () => {
    const disarmed = { armed: false, reason: 'Disarmed: the switch is off.' };
    assert.equal(idleReason('the disk is full', disarmed, true), 'the disk is full');
    assert.equal(idleReason(null, { ...disarmed, armed: true }, false), null);
    assert.equal(idleReason(null, disarmed, false), disarmed.reason);
    assert.equal(idleReason(null, disarmed, true),
      'Disarmed: the switch is off. Events are not recorded; continuous recording goes on.');
  });
});
