import assert from 'node:assert/strict';
import { Authentication, chooseChallenge, credentialsOf, readChallenges } from './http-auth.ts';

/** The example of RFC 7616, section 3.9.1. */
const OFFERED = [
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
];
const MUFASA = { user: 'Mufasa', password: 'Circle of Life' };
const answer = (offered: readonly string[]): string => {
  const challenge = chooseChallenge(readChallenges(offered));
  assert.ok(challenge !== undefined);
  return new Authentication(MUFASA, challenge, () => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ').header(
    'GET', '/dir/index.html',
  );
};
const saidIn = (header: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1];

describe('the password of a camera', () => {
  it('is answered by digest as RFC 7616 shows it, by the stronger hash where there is a choice', () => {
    assert.equal(
      saidIn(answer(OFFERED), 'response'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
    assert.equal(saidIn(answer(OFFERED.slice(1)), 'response'), '8ca523f5e9506fed4657c9700eebdbec');
  });

  it('is counted anew with each request, so that none can be repeated by others', () => {
    const challenge = chooseChallenge(readChallenges(OFFERED));
    assert.ok(challenge !== undefined);
    const authentication = new Authentication(MUFASA, challenge, () => 'c');
    assert.deepEqual([1, 2].map(() => saidIn(authentication.header('GET', '/'), 'nc')), ['00000001', '00000002']);
  });

  it('is answered in the old way of RFC 2069 where no quality is offered', () =>
    assert.doesNotMatch(answer(['Digest realm="cam", nonce="abc"']), /qop|nc=|cnonce|algorithm/));

  it('goes as Basic only where nothing better is offered, in one header or several', () => {
    assert.equal(answer(['Basic realm="cam"']), `Basic ${Buffer.from('Mufasa:Circle of Life').toString('base64')}`);
    assert.match(answer(['Basic realm="a, b", Digest realm="c", nonce="d", qop="auth"']), /^Digest /);
    assert.match(answer(['Digest realm="c", nonce="d", algorithm=SHA-999', 'Basic realm="cam"']), /^Basic /);
    assert.equal(
      chooseChallenge(readChallenges(['Negotiate', 'Digest realm="c", nonce="d", qop="auth-int"'])), undefined,
    );
  });

  it('stands before the host, percent-encoded', () => {
    assert.deepEqual(credentialsOf(new URL('http://tyto:s3c%2Fr%40t@cam.lan/')), { user: 'tyto', password: 's3c/r@t' });
    assert.equal(credentialsOf(new URL('http://cam.lan/')), undefined);
  });
});
