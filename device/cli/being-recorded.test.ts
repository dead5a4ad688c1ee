import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '../../test/recording/footage.ts';
import { openArchive } from '../archive/open-archive.ts';
import { segmentFileName } from '../contract/media-path.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { archiveSocketPath } from '../live/socket-path.ts';
import { isBeingRecorded } from './being-recorded.ts';

const AT = millis(1_795_252_530_000);

describe('a recording without its end', () => {
  it('is still being made where the catalogue beside it says so, and its device runs', async () => {
    await using folder = await temporaryFolder();
    const name = (at: number): string =>
      segmentFileName({ kind: 'continuous', at: millis(at), device: 'barn', camera: 'yard' });
    const file = (at: number): string => path.join(folder.path, 'media', '2026-11-21', name(at));
    using archive = openArchive(path.join(folder.path, 'archive.db'), AT, silentLog);
    const recording = { name: name(AT), class: 'continuous', camera: 'yard', eventId: null, startedAt: AT } as const;
    archive.openRecording(recording);
    assert.equal(await isBeingRecorded(file(AT)), false, 'nobody runs');

    const socket = archiveSocketPath(folder.path);
    await mkdir(path.dirname(socket), { recursive: true });
    const device = createServer((connection) => connection.destroy()).listen(socket);
    try {
      await once(device, 'listening');
      assert.equal(await isBeingRecorded(file(AT)), true);
      assert.equal(await isBeingRecorded(file(AT + 60_000)), false, 'the catalogue does not know it');
      assert.equal(await isBeingRecorded(path.join('/nowhere', name(AT))), false);
      archive.closeRecording({ ...recording, clip: null, fault: null, lost: { duration: millis(0) } });
      assert.equal(await isBeingRecorded(file(AT)), false, 'it has ended');
    } finally {
      device.close();
    }
  });
});
