import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mediaFileName } from '../contract/names.ts';
import { millis, seconds } from '../core/units.ts';
import { silentLog } from '../core/log.ts';
import { newKeyPair } from '../vault/x25519.ts';
import { cipherFor } from '../../test/recording/cipher.ts';
import { dawn, temporaryFolder } from '../../test/recording/events.ts';
import { bootScan, scanLater } from './boot-scan.ts';
import type { Recover } from './index-file.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';

describe('encrypted files without a catalogue', () => {
  it('are found again by who has no key: clip, picture, thumbnail and preview of their event', async () => {
    await using folder = await temporaryFolder();
    const mediaFolder = path.join(folder.path, 'media');
    using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
    const eventId = `${dawn / 1000}.000000-abc123`;
    const nameOf = (extension: 'mp4' | 'jpg' | 'thumb.jpg' | 'preview.mp4'): string =>
      mediaFileName({ at: millis(dawn), device: 'barn', camera: 'camera', eventId, extension });
    const cipher = () => cipherFor(newKeyPair());
    for (const extension of ['mp4', 'jpg', 'thumb.jpg', 'preview.mp4'] as const) {
      const file = pathOf(mediaFolder, nameOf(extension));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, cipher().whole(new TextEncoder().encode(extension)));
    }
    const recover: Recover = async () => ({
      playable: true, bytes: 99, sha256: 'b'.repeat(64), duration: seconds(9),
      codec: 'avc1.64001f', size: { width: 160, height: 120 },
      encrypted: true, cutBytes: 0, savedTail: undefined,
    });
    const scan = { archive, mediaFolder, recover, log: silentLog };
    await scanLater(scan, (await bootScan(scan)).later, new AbortController().signal);
    const event = archive.view.get(eventId);
    assert.deepEqual([event?.clip, event?.snapshot, event?.thumbnail, event?.preview].map((file) =>
      file?.encrypted), [true, true, true, true]);
  });
});
