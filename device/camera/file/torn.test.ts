import assert from 'node:assert/strict';
import type { FileHead } from './torn.ts';
import { tornMatroska } from './torn-matroska.ts';
import { tornMp4 } from './torn-mp4.ts';

const bytes = (...hex: readonly string[]): Buffer => Buffer.from(hex.join(''), 'hex');
const FTYP = '00000010667479706d70343200000000';

/** A file of those bytes, that is not read for ever. */
function head(file: Uint8Array): FileHead {
  let reads = 0;
  return {
    size: file.byteLength,
    readAt: (at, count) => {
      assert.ok(++reads < 100, `read ${reads} times`);
      return file.subarray(at, at + count);
    },
  };
}

describe('where a file ends', () => {
  it('is not looked for behind an MP4 box that claims fewer bytes than its header has', () => {
    for (const size of ['0000000000000000', '000000000000000f'])
      assert.equal(tornMp4(head(bytes(FTYP, '000000016d646174', size, '00'.repeat(40)))), undefined);
  });

  it('is behind the index of an MP4\'s fragments, whatever was appended', () => {
    const [moof, appended] = ['000000086d6f6f66', '7f'.repeat(30)];
    assert.equal(tornMp4(head(bytes(FTYP, moof, '000000086d667261', appended))), undefined);
    assert.match(tornMp4(head(bytes(FTYP, moof, appended)))?.fault ?? '', /no box begins at byte 24/);
  });

  it('is where the segment of a Matroska file ends, whatever was appended', () => {
    const whole = ['1a45dfa380', '1853806784', 'ec820000'];
    const text = Buffer.from('some text that was appended').toString('hex');
    assert.equal(tornMatroska(head(bytes(...whole, text))), undefined);
    const broken = tornMatroska(head(bytes(...whole.slice(0, 2), 'ec82')));
    assert.match(broken?.fault ?? '', /the segment at byte 5 claims 4 bytes, 2 are left/);
  });

  it('is in the middle of whatever breaks off where a Matroska file does not know how long it is', () => {
    const open = ['1a45dfa380', '18538067ff', '1f43b675ff', 'e78100'];
    assert.equal(tornMatroska(head(bytes(...open, 'a38400000000'))), undefined);
    assert.match(tornMatroska(head(bytes(...open, 'a384000000')))?.fault ?? '', /the element at byte 18 claims 4/);
  });
});
