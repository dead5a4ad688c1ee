import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  answerKey, mailFolderOf, parseAnswerKey, parseRequestKey, requestKey, type Answer, type FootageRequest,
} from './mail.ts';

const EVENT = '1795256130.123000-k3x9ab';
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('mail between device and fleet', () => {
  it('says in the name of an object what became of an upload', () => {
    fc.assert(fc.property(fc.constantFrom<Answer['verdict']>(
      'taken', 'refused',
    ), hash, fc.constantFrom('', 'file.wrong-hash', 'clip.altered'), (verdict, sha256, code) => {
      const answer: Answer = { event: EVENT, verdict, sha256, code };
      const key = answerKey('yard-1', answer);
      assert.match(key, /^[A-Za-z0-9][A-Za-z0-9._/-]{0,240}$/);
      assert.deepEqual(parseAnswerKey(key), answer);
    }));
  });

  it('asks for an event or for a time in the name of an object that every store takes', () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000 });
    const request = fc.oneof(
      time.map((until): FootageRequest => ({ id: '1795256130-k3x9ab', until, event: EVENT })),
      fc.tuple(time, time, fc.integer({ min: 1, max: 86_400 })).map(([until, from, length]): FootageRequest =>
        ({ id: '1795256130-k3x9ab', until, from, to: from + length })),
    );
    fc.assert(fc.property(request, (one) => {
      const key = requestKey('yard-1', one);
      assert.match(key, /^yard-1\/requests\/[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/);
      assert.deepEqual(parseRequestKey(key), one);
    }));
  });

  it('takes nothing else for mail', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      assert.equal(parseAnswerKey(text), undefined);
      assert.equal(parseRequestKey(text), undefined);
      assert.equal(parseRequestKey(`yard-1/requests/1795256130-k3x9ab.${text}`), undefined);
    }));
    assert.equal(parseRequestKey('yard-1/requests/1795256130-k3x9ab.until-1.from-5.to-200000'), undefined);
    assert.equal(mailFolderOf('yard-1/2026/11/21/1795256130.123000-k3x9ab.json'), undefined);
    assert.equal(mailFolderOf('yard-1/answers/x'), 'answers');
    assert.equal(mailFolderOf('yard-1/answers/x/y'), undefined);
  });
});
