import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../core/log.ts';
import { seconds } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { AttachedFeed } from './adapters/attached-feed.ts';
import type { Command } from './command.ts';
import { findAttached, obstacleTo, type AttachedLookup } from './find-attached.ts';
import { openCamera } from './open-camera.ts';
import { ReconnectingCamera } from './reconnecting-camera.ts';
import { RecordingSink } from './simulated/recording-sink.ts';

const SIMULATED: Command = [process.execPath, fileURLToPath(new URL('simulated/rpicam-vid.ts', import.meta.url))];
const ABSENT: Command = ['no-such-program-anywhere'];
const around = { clock: systemClock, log: silentLog, devices: '/no/such/folder' };
const stallTimeout = seconds(10);

describe('the attached camera', () => {
  let folder: string;
  let stop: AbortController;
  let sink: RecordingSink;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-attached-'));
    stop = new AbortController();
    sink = new RecordingSink();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is waited for while there is none, and then is what its session says', async () => {
    const plug = path.join(folder, 'plugged');
    const rpicam: Command = [
      'sh', '-c', `if [ -e "$0" ]; then exec ${SIMULATED.join(' ')} "$@"; else echo No cameras; fi`, plug,
    ];
    const camera = await openCamera({ source: 'attached', stallTimeout }, { ...around, rpicam: [rpicam] }, stop.signal);
    const run = camera.run(sink, stop.signal);
    try {
      await sink.until(({ states }) => states.length === 2, 60_000);
      await writeFile(plug, '');
      await sink.until(({ states }) => states.length === 3, 60_000);
    } finally {
      stop.abort();
      await run;
    }
    assert.deepEqual(sink.states, [
      { status: 'connecting' },
      { status: 'offline', code: 'camera.missing',
        reason:
          'no camera is attached; connect one (USB or Raspberry Pi), or name a network camera in TYTO_CAMERA_SOURCE' },
      { status: 'online' },
    ]);
    assert.deepEqual(
      [camera.label, sink.sessions[0]?.session.label], ['the attached camera', 'the Raspberry Pi camera'],
    );
  });

  it('may be another one after a change of plugs', async () => {
    const found = ['/dev/video0', '/dev/video2'].map((device): AttachedLookup =>
      ({ found: true, source: { type: 'v4l2', device } }));
    const feed = new AttachedFeed('the attached camera', () =>
      Promise.resolve(found.shift() ?? assert.fail('asked again')), (source) => ({
      label: source.type === 'v4l2' ? source.device : source.type,
      open: () => Promise.resolve({
        input: ['-t', '0.6', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25'], stdin: { type: 'nothing' },
        codec: 'rawvideo', size: { width: 64, height: 48 },
      }),
    }));
    const run = new ReconnectingCamera(feed, { stallTimeout, clock: systemClock, log: silentLog, random: () => 0 }).run(
      sink, stop.signal,
    );
    await sink.until(({ sessions }) => (sessions[1]?.fragments.length ?? 0) > 0, 60_000);
    stop.abort();
    await run;
    assert.deepEqual(sink.sessions.map(({ session }) => session.label), ['/dev/video0', '/dev/video2']);
    assert.deepEqual(sink.states[2], {
      status: 'offline', code: 'camera.ended', reason: '/dev/video0 ended its stream',
    });
  });

  it('is not there when a device of the system is none, and says so when one cannot be read', async () => {
    await mkdir(path.join(folder, 'video9876'));
    const lookup = await findAttached({ rpicam: [ABSENT], devices: folder }, stop.signal);
    assert.match(lookup.found ? 'found' : lookup.reason.message, /^no camera is attached/);
    assert.equal(
      obstacleTo('/dev/video0', '[v4l2 @ 0x5] Cannot open video device /dev/video0: No such file or directory'),
      undefined,
    );
    assert.equal(
      obstacleTo('/dev/video0', '/dev/video0: Permission denied')?.message, 'no permission to read /dev/video0',
    );
  });

  it('is, by `auto`, the one that is there at the start, or else the demo camera', async () => {
    const opened = async (rpicam: Command): Promise<readonly [label: string, isDemo: boolean]> => {
      const camera = await openCamera({ source: 'auto', stallTimeout }, { ...around, rpicam: [rpicam] }, stop.signal);
      return [camera.label, camera.isDemo];
    };
    assert.deepEqual(
      [await opened(SIMULATED), await opened(ABSENT)], [['the attached camera', false], ['the demo camera', true]],
    );
  });
});
