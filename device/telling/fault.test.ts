import assert from 'node:assert/strict';
import { seconds } from '../core/units.ts';
import { isHopeless, judgeRefusal } from './fault.ts';

const judged = (status: number, said = '', retryAfter?: string | null) => judgeRefusal({ status, said, retryAfter });

describe('a receiver that refuses', () => {
  it('is taken to be away, to choke on the message, or to mean it', () => {
    for (const status of [408, 425, 429, 502, 503, 504]) assert.equal(judged(status).facts.blame, 'receiver');
    for (const status of [500, 501]) assert.equal(judged(status).facts.blame, 'message');
    for (const status of [301, 400, 401, 404]) assert.equal(judged(status).facts.blame, 'never');
  });
  it('is quoted in a few words', () => {
    assert.equal(judged(404, ' no such hook\n').reason, 'answered with 404: no such hook');
    assert.equal(judged(302).reason, 'answered with 302; redirects are not followed');
    assert.equal(judged(400, 'x'.repeat(500)).reason, `answered with 400: ${'x'.repeat(120)}`);
  });
  it('may ask to be left alone, in seconds or until a date', () => {
    assert.deepEqual(judged(503, '', '30').facts, { blame: 'receiver', after: seconds(30) });
    const { after = 0 } = judged(429, '', new Date(Date.now() + 3_600_000).toUTCString()).facts;
    assert.ok(after > 3_000_000 && after <= 3_600_000, `${after}`);
    for (const nothing of ['0', 'soon', '', null])
      assert.deepEqual(judged(503, '', nothing).facts, { blame: 'receiver' });
  });
  it('is given up on at once, after eight attempts, or never', () => {
    assert.equal(isHopeless({ blame: 'never' }, 1), true);
    assert.deepEqual([7, 8].map((attempts) => isHopeless({ blame: 'message' }, attempts)), [false, true]);
    assert.equal(isHopeless({ blame: 'receiver' }, 1000), false);
  });
});
