import assert from 'node:assert/strict';
import { redactAddresses } from './redact-addresses.ts';

describe('an address in a text', () => {
  it('keeps its scheme and host only', () => {
    assert.equal(
      redactAddresses("open 'rtsp://a:b@cam.lan:554/live?pwd=c' or http://cam.lan/d"),
      "open 'rtsp://cam.lan:554/…' or http://cam.lan/…",
    );
    assert.equal(
      redactAddresses('rtsp://a:b@c@cam.lan and tcp://192.0.2.7:554?timeout=5'),
      'rtsp://cam.lan/… and tcp://192.0.2.7:554/…',
    );
  });
});
