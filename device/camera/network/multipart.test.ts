import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jpegSize } from './jpeg-size.ts';
import { boundaryOf, MultipartReader } from './multipart.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const read = (boundary: string | undefined, ...chunks: readonly string[]): string[] => {
  const reader = new MultipartReader(boundary);
  return chunks.flatMap((chunk) => reader.push(Buffer.from(chunk, 'latin1')).map(text));
};

/** Reads `stream` in pieces of `cuts` bytes, over and over. */
function readCut(stream: Uint8Array, cuts: readonly number[]): string[] {
  const reader = new MultipartReader('b');
  const seen: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < stream.byteLength; turn++) {
    const length = cuts[turn % cuts.length] ?? 1;
    seen.push(...reader.push(stream.subarray(at, at + length)));
    at += length;
  }
  return seen.map(text);
}
const somePictures = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 });
const someCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

describe('pictures in an endless answer', () => {
  it('are told apart by their length, whatever stands in them and however they are cut', () =>
    fc.assert(fc.property(somePictures, someCuts, (pictures, cuts) => {
      const stream = Buffer.concat(pictures.flatMap((picture) => [
        Buffer.from(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.byteLength}\r\n\r\n`),
        picture, Buffer.from('\r\n'),
      ]));
      assert.deepEqual(readCut(stream, cuts), pictures.map(text));
    }), { numRuns: 200 }));

  it('end at the next boundary where no length is said', () => fc.assert(fc.property(somePictures, someCuts, (
    pictures, cuts,
  ) => {
    // Beginnings of a boundary, over and over, none of them one.
    const bodies = pictures.map((picture) => picture.map((byte) => '\r\n-c'.charCodeAt(byte % 4)));
    const stream = Buffer.concat([
      ...bodies.flatMap((body) => [Buffer.from('--b\r\n\r\n'), body, Buffer.from('\r\n')]), Buffer.from('--b'),
    ]);
    assert.deepEqual(readCut(stream, cuts), bodies.map(text));
  }), { numRuns: 200 }));

  it('end at the next boundary where no length is said, be its head empty or not', () =>
    assert.deepEqual(
      read('b', '--b\r\nContent-Type: image/jpeg\r\n\r\none\r\n--b\r\n\r\ntw', 'o\r\n-', '-b\r\n'), ['one', 'two'],
    ));

  it('show their boundary themselves where none was announced', () =>
    assert.deepEqual(read(undefined, '--b\r\n\r\na\n--c\r\n--b\r\n\r\n'), ['a\n--c']));

  it('may have heads with bare line feeds, and blank lines between', () =>
    assert.deepEqual(
      read('b', '\r\n\r\n--b\nContent-length:3\n\none\n\n--b\nContent-length:3\n\ntwo'), ['one', 'two'],
    ));

  it('are no pictures when a head never ends or a part is larger than any picture', () => {
    assert.throws(() => read('b', `--b\r\n${'x'.repeat(70_000)}`), RangeError);
    assert.throws(() => read('b', '--b\r\nContent-Length: 999999999\r\n\r\n'), RangeError);
  });

  it('have a boundary, quoted or not, with dashes of its own or without', () => assert.deepEqual(
    [
      'multipart/x-mixed-replace; boundary=abc', 'multipart/x-mixed-replace;boundary="--a b"',
      'multipart/x-mixed-replace',
    ].map(boundaryOf),
    ['abc', 'a b', undefined]));
});

describe('the size of a JPEG', () => {
  it('stands where the frame begins', () => {
    const jpeg = Uint8Array.from([
      0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc4, 0, 3, 9, 0xff, 0xc0, 0, 17, 8, 0x02, 0xd0, 0x05, 0x00, 3,
    ]);
    assert.deepEqual(jpegSize(jpeg), { width: 1280, height: 720 });
  });
  it('is not found in anything else', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const size = jpegSize(bytes);
    assert.ok(size === undefined || (size.width > 0 && bytes[0] === 0xff));
  }), { numRuns: 300 }));
});
