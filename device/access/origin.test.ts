import assert from 'node:assert/strict';
import { isForeign, isHouseHost } from './origin.ts';

describe('origin of a request', () => {
  const from = (origin: string | undefined, fetchSite?: string, host: string | undefined = 'cam.local:8080') =>
    isForeign({ host, origin, fetchSite });

  it('is ours when the page came from the same host and port', () => {
    assert.equal(from('http://cam.local:8080'), false);
    assert.equal(from('https://cam.example', undefined, 'cam.example'), false);
    assert.equal(from('http://192.168.1.7', undefined, '192.168.1.7:80'), false);
    assert.equal(from('http://[fe80::1]:8080', undefined, '[FE80::1]:8080'), false);
  });

  it('is foreign for another host, another port, a sandboxed frame and a torn header', () => {
    for (const origin of [
      'http://evil.example', 'http://cam.local:9999', 'http://cam.local', 'null', '', 'cam.local:8080', 'file://',
    ]) {
      assert.equal(from(origin), true, origin);
    }
  });

  it('believes the browser when it says that the page is ours, whatever a proxy made of the host', () => {
    assert.equal(from('https://house.example', 'same-origin', '10.0.0.2:8080'), false);
  });

  it('is foreign when the browser says so without an origin', () => {
    assert.equal(from(undefined, 'cross-site'), true);
    assert.equal(from(undefined, 'same-site'), true);
    assert.equal(from(undefined, 'none'), false);
  });

  it('is nobody else\'s for a program that is no browser', () => assert.equal(from(undefined), false));
});

describe('a host of the house', () => {
  it('is an address that only the local network reaches', () => {
    for (const host of [
      '192.168.1.7:8080', '10.0.0.2', '172.16.0.1', '172.31.255.254', '169.254.3.4', '127.0.0.1:8080',
      '[::1]:8080', '[fe80::1]', '[fd12:3456::1]:8080', '[::ffff:192.168.1.7]',
    ]) assert.equal(isHouseHost(host), true, host);
  });
  it('is no public address, and none that the customers of a provider share', () => {
    for (const host of [
      '203.0.113.7:8080', '8.8.8.8', '172.32.0.1', '192.169.0.1', '100.64.0.1', '0.0.0.0', '[2001:db8::1]:8080',
      '[::ffff:8.8.8.8]', '[::]',
    ]) {
      assert.equal(isHouseHost(host), false, host);
    }
  });
  it('is a name that only the local network knows', () => {
    for (const host of ['localhost:8080', 'tyto', 'cam.local:8080', 'cam.fritz.box', 'cam.lan.', 'CAM.LOCAL']) {
      assert.equal(isHouseHost(host), true, host);
    }
  });
  it('is no public name, however it looks', () => {
    for (const host of [
      'evil.example:8080', '0123abcd.balena-devices.com', 'local.example', '192.168.1.7.nip.io', '', undefined, 'a b',
    ]) {
      assert.equal(isHouseHost(host), false, host);
    }
  });
});
