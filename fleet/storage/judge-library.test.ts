import assert from 'node:assert/strict';
import { judgeLibrary, type LibraryFacts } from './judge-library.ts';

const here = { place: 's3://owls', endpoint: '' };
const facts = (changed: Partial<LibraryFacts>): LibraryFacts =>
  ({ remembered: { ...here, left: null }, ...here, looked: 10, missing: 0, accepted: false, ...changed });
const other = { remembered: { place: 's3://old', endpoint: 'https://minio.example.org', left: null } };
const why = (changed: Partial<LibraryFacts>): string => {
  const verdict = judgeLibrary(facts(changed));
  return verdict.use ? '' : verdict.why;
};

describe('the library that a fleet is started with', () => {
  it('is used and remembered where it holds all that is looked for, wherever it was before', () => {
    for (const one of [
      {}, other, { remembered: undefined }, { looked: 0 }, { remembered: { ...here, left: 's3://old' } },
    ]) {
      assert.deepEqual(judgeLibrary(facts(one)), { use: true, remember: { ...here, left: null }, trouble: undefined });
    }
  });

  it('is the same one where somebody removed a file here and there', () => {
    assert.deepEqual(judgeLibrary(facts({ missing: 9 })), {
      use: true, remember: { ...here, left: null }, trouble: undefined,
    });
    assert.deepEqual(judgeLibrary(facts({ missing: 9, remembered: undefined })), {
      use: true, remember: { ...here, left: null }, trouble: undefined,
    });
  });

  it('is refused where another one was filled, with what was, what is, and what to do', () => {
    assert.match(
      why({ ...other, missing: 1 }),
      /^until now events were filed into s3:\/\/old at https:\/\/minio\.example\.org, and the library is s3:\/\/owls now, which lacks 1 of the 10 events/,
    );
    assert.match(
      why({ ...other, missing: 10 }),
      /holds none of the 10 events that were looked for there; name s3:\/\/old at \S+ again, or copy what lies there: as a replica .*--accept-library s3:\/\/owls$/,
    );
    assert.match(why({
      remembered: { ...here, endpoint: 'https://minio.example.org', left: null }, missing: 10,
    }), /filed into s3:\/\/owls at/, 'a bucket of that name elsewhere');
  });

  it('is refused where nothing of what was filed lies in it, as in a share that is not mounted', () => {
    assert.match(
      why({ missing: 10 }),
      /^the library s3:\/\/owls holds none of the 10 events that were looked for there although they were filed; mount the disk/,
    );
    assert.match(why({ missing: 10, remembered: undefined }), /name the library that they lie in/);
  });

  it('is used where somebody says so, and tells from then on what it lacks, until it holds that', () => {
    const verdict = judgeLibrary(facts({ ...other, missing: 10, accepted: true }));
    assert.ok(verdict.use);
    assert.match(
      verdict.trouble ?? '',
      /s3:\/\/owls holds none of the 10 events .*, which were filed into s3:\/\/old at \S+: their pictures and clips cannot be shown/,
    );
    const later = judgeLibrary(facts({ remembered: verdict.remember, missing: 4 }));
    assert.ok(later.use);
    assert.match(later.trouble ?? '', /lacks 4 of the 10 events/);
    assert.ok(judgeLibrary(facts({ missing: 10, accepted: true })).use);
  });

  it('is refused where it is gone, also after somebody went on without what was filed before', () => {
    const begun = judgeLibrary(facts({ ...other, missing: 10, accepted: true }));
    assert.ok(begun.use);
    const still = judgeLibrary(facts({ remembered: begun.remember, missing: 10 }));
    assert.ok(still.use, 'nothing was filed into it yet');
    const filled = judgeLibrary(facts({ remembered: still.remember, missing: 6 }));
    assert.ok(filled.use);
    const gone = { remembered: filled.remember, missing: 10 };
    assert.match(why(gone), /^the library s3:\/\/owls holds none of the 10 events .* mount the disk/);
    const again = judgeLibrary(facts({ ...gone, accepted: true }));
    assert.ok(again.use);
    assert.match(again.trouble ?? '', /which were filed into s3:\/\/old/);
  });
});
