import assert from 'node:assert/strict';
import { FINDINGS_FOLDER } from '../device/contract/fleet-findings.ts';
import { millis } from '../device/core/units.ts';
import { endedEvent } from '../test/fixtures/ended-events.ts';
import { deleteEvent } from './delete-event.ts';
import type { Filing } from './index/port.ts';
import { SqliteIndex } from './index/sqlite-index.ts';

const NOW = millis(1_795_262_400_000);
const whole = endedEvent(1);
const { clip, snapshot } = whole;
assert.ok(clip && snapshot);
const filing = (event: Filing['event'], findings?: Filing['findings']): Filing =>
  ({ event, folder: 'yard/2026/', ingestedAt: NOW, damage: null, sealed: false, ...(findings && { findings }) });
const small = { name: 'small.jpg', bytes: 10, sha256: 'a'.repeat(64) };

describe('an event that is deleted', () => {
  let index: SqliteIndex;
  beforeEach(() => { index = SqliteIndex.open(':memory:'); });
  afterEach(() => index[Symbol.dispose]());

  it('leaves nothing of it in the library, also when more of it is taken in meanwhile', async () => {
    await index.accept(filing({ ...whole, clip: null, has_clip: false }, { thumbnail: small }), [], 0);
    const library = new Set(['other', snapshot.name, clip.name, `${whole.id}.json`].map((name) => `yard/2026/${name}`)
      .concat(`yard/2026/${FINDINGS_FOLDER}small.jpg`));
    let removals = 0;
    const remove = async (key: string): Promise<void> => {
      library.delete(key);
      if (removals++ === 0) await index.accept(filing(whole), [], 1);
    };
    assert.equal(await deleteEvent({ device: 'yard', id: whole.id }, index, { remove }, () => NOW), true);
    assert.deepEqual([[...library], await index.known('yard', whole.id)], [['yard/2026/other'], { state: 'deleted' }]);
    assert.equal(await deleteEvent({ device: 'yard', id: whole.id }, index, { remove }, () => NOW), false);
  });
});
