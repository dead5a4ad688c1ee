import assert from 'node:assert/strict';
import { explainComplaint } from './complaint.ts';

/** What ffmpeg 5.1, setpriv and rpicam-vid print. */
const PRINTED: readonly (readonly [complaint: string, code: string, reason: RegExp])[] = [
  [`[tcp @ 0x55cc2308a140] Connection to tcp://192.0.2.7:554?timeout=5000000 failed: Connection refused
[concat @ 0x561445fa2280] Impossible to open 'rtsp://tyto:hunter2@192.0.2.7/live'
pipe:0: Connection refused`, 'camera.refused', /nothing listens at CAM/],
  [`[rtsp @ 0x55cc667efc40] method DESCRIBE failed: 401 Unauthorized
pipe:0: Server returned 401 Unauthorized (authorization failed)`,
'camera.unauthorized', /refuses the user name or the password/],
  ['[http @ 0x5648c706d1c0] HTTP error 401 Unauthorized', 'camera.unauthorized', /password.*@ .* are written %40/],
  ['pipe:0: Server returned 403 Forbidden (access denied)', 'camera.forbidden', /forbids/],
  [`[rtsp @ 0x56e68471280] method DESCRIBE failed: 404 Not Found
pipe:0: Server returned 404 Not Found`, 'camera.not-found', /nothing under this path/],
  [`[http @ 0x5619122351c0] HTTP error 500 Internal Server Error
pipe:0: Server returned 5XX Server Error reply`, 'camera.fault', /error of its own/],
  [`[tcp @ 0x56308ac872c0] Failed to resolve hostname no-such-host.invalid: Name or service not known
pipe:0: Input/output error`, 'camera.unknown-host', /name of CAM is not known/],
  ['pipe:0: Connection timed out', 'camera.timeout', /does not answer/],
  [
    '[tcp @ 0x5] Connection to tcp://192.0.2.7:554?timeout=5000000 failed: No route to host', 'camera.unreachable',
    /cannot be reached/,
  ],
  [`[tls @ 0x55bde9945140] An unexpected TLS packet was received.
pipe:0: Input/output error`, 'camera.tls', /TLS/],
  [`[concat @ 0x558c14a4b280] Impossible to open 'http://tyto:hunter2@192.0.2.7/'
pipe:0: Invalid data found when processing input`, 'camera.no-video', /no video that can be read/],
  [`[jpeg_pipe @ 0x55de63ea6c00] Format not on whitelist 'mpjpeg'
pipe:0: Invalid argument`, 'camera.no-video', /no video/],
  ['it holds no video', 'camera.no-video', /no video/],
  [
    '[video4linux2,v4l2 @ 0x5] Cannot open video device /dev/video0: No such file or directory', 'camera.missing',
    /CAM is not there/,
  ],
  [
    '[video4linux2,v4l2 @ 0x5] Cannot open video device /dev/video0: Permission denied', 'camera.permission',
    /permission/,
  ],
  ['/dev/video0: Device or resource busy', 'camera.busy', /in use by another program/],
  ['setpriv: failed to execute ffmpeg: No such file or directory', 'media.tool-missing', /apt-get install ffmpeg/],
  ['ERROR: *** no cameras available ***', 'camera.missing', /is not there/],
  [`[concat @ 0x55] Impossible to open 'rtsp://tyto:hunter2@192.0.2.7/live'
rtsp://tyto:hunter2@192.0.2.7/live: Something new`,
'camera.ended', /CAM ended its stream: rtsp:\/\/192\.0\.2\.7\/… Something new/],
  ['', 'camera.ended', /^CAM ended its stream$/],
];

describe('complaints of ffmpeg', () => {
  it('become a code for programs and a reason for people, without any password', () => {
    for (const [complaint, code, reason] of PRINTED) {
      const error = explainComplaint(complaint, 'CAM', false);
      assert.equal(error.code, code, complaint);
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, /hunter2/);
    }
  });

  it('about a damaged picture tell nothing of why a stream ended that had run', () => {
    const error = explainComplaint(
      'Error while decoding stream #0:0: Invalid data found when processing input', 'CAM', true,
    );
    assert.deepEqual([error.code, error.message], ['camera.ended', 'CAM ended its stream']);
  });
});
