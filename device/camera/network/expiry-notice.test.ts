import assert from 'node:assert/strict';
import { silentLog, type Log } from '../../core/log.ts';
import { hours, millis } from '../../core/units.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { ExpiryNotice } from './expiry-notice.ts';

const DAY = hours(24);
const CERTIFICATE = { validToDate: new Date('2026-12-31T12:00:00Z'), fingerprint256: '3F:9A' };

describe('the notice of a certificate that expires', () => {
  it('is given once a day from 30 days before on, also while one connection lasts for months, with what to do', async () => {
    const clock = new VirtualClock(millis(Date.parse('2026-11-20T12:00:00Z')));
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (sentence) => { said.push(sentence); } };
    const stop = new AbortController();
    const notice = new ExpiryNotice({ clock, log });
    for (let n = 0; n < 3; n++) notice.seen(CERTIFICATE, 'rtsps://192.0.2.7', stop.signal);
    await clock.advance(millis(10 * DAY));
    assert.deepEqual(said, []);
    await clock.advance(DAY);
    for (let n = 0; n < 3; n++) notice.seen(CERTIFICATE, 'rtsps://192.0.2.7', stop.signal);
    assert.deepEqual(
      said,
      ['the certificate of rtsps://192.0.2.7 expires on 2026-12-31: no connection is made from then on; ' +
        'give the camera a new one, or set camera.certificate to sha256:3F:9A, which is believed whatever the date'],
    );
    await clock.advance(millis(31 * DAY));
    assert.equal(said.length, 32);
    assert.match(said.at(-1) ?? '', /expired on 2026-12-31/);
    stop.abort();
  });

  it('is not given again of a camera that has a new one', async () => {
    const clock = new VirtualClock(millis(Date.parse('2026-12-20T12:00:00Z')));
    const said: string[] = [];
    const stop = new AbortController();
    const notice = new ExpiryNotice({ clock, log: { ...silentLog, warn: (sentence) => { said.push(sentence); } } });
    notice.seen(CERTIFICATE, 'cam', stop.signal);
    notice.seen({ ...CERTIFICATE, validToDate: new Date('2036-12-31') }, 'cam', stop.signal);
    await clock.advance(millis(20 * DAY));
    assert.equal(said.length, 1);
    stop.abort();
  });
});
