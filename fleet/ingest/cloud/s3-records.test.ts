import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BugError } from '../../../device/core/errors.ts';
import { notified, wrappedBySns } from '../../../test/fleet/s3-notification.ts';
import { putRecords } from './s3-records.ts';

describe('a message of a bucket', () => {
  const keys = ['yard/2026/11/21/1795262400.000000-9zzzzz.json', 'yard/ü +%&=/a b', 'yard/%zz'];

  it('tells what was put, each key as it is', () => {
    for (const body of [notified('landing', keys), wrappedBySns(notified('landing', keys))]) {
      assert.deepEqual(putRecords(body).map(({ bucket, key }) => [bucket, key]), keys.map((key) => ['landing', key]));
    }
    assert.equal(putRecords(notified('landing', keys))[0]?.at, Date.parse('2026-11-21T12:00:05.123Z'));
  });

  it('tells nothing when it is only a try, or of what was removed', () => {
    assert.deepEqual(
      putRecords('{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-21T12:00:00.000Z","Bucket":"landing","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE"}'),
      [],
    );
    assert.deepEqual(putRecords(notified('landing', keys, 'ObjectRemoved:Delete')), []);
  });

  it('takes no other message for one', () => {
    for (const body of [
      '', '{', 'null', '[]', '{}', '{"Records":[{"eventSource":"aws:sns"}]}', wrappedBySns('hello'),
    ]) {
      assert.throws(() => putRecords(body), { code: 'lambda.message' });
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      try {
        putRecords(body);
      } catch (error) {
        assert.ok(error instanceof BugError);
      }
    }));
  });
});
