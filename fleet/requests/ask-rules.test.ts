import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { faceOf } from '../../test/fixtures/told-events.ts';
import { CLIP, report, RequestsScene } from '../../test/fleet/requests-scene.ts';
import { readAskRules } from './ask-rules.ts';

describe('rules that ask for footage', () => {
  let scene: RequestsScene;
  beforeEach(async () => { scene = await RequestsScene.make(); });
  afterEach(() => scene[Symbol.asyncDispose]());

  it('ask for people whose faces the fleet found', async () => {
    await using one = await scene.fleet({ rules: await readAskRules('[{"name":"ada","people":["Ada"]}]') });
    scene.index.put(endedEvent(1), CLIP, { faces: [faceOf('Grace')] });
    scene.index.put(endedEvent(2), CLIP, { faces: [faceOf('Ada')] });
    await scene.comes('the request', async () => (await one.requests.list({ limit: 9 })).length > 0);
    const rows = await one.requests.list({ limit: 9 });
    assert.deepEqual(rows.map(({ wanted }) => wanted), [{ event: endedEvent(2).id }]);
  });

  it('ask behind any number of events that were deleted before a rule saw them', async () => {
    const rules = await readAskRules('[{"name":"all"}]');
    await using one = await scene.fleet({ rules });
    for (let n = 1; n <= 500; n++) scene.index.put(endedEvent(n), CLIP);
    scene.index.rows.clear();
    const event = endedEvent(501);
    scene.index.put(event, CLIP);
    await scene.comes('the request', async () => (await one.requests.list({ event: event.id, limit: 1 })).length === 1);
  });

  it('ask once for each event whose clip the device holds', async () => {
    const rules = await readAskRules('[{"name": "strangers", "people": "unknown", "devices": ["yard"]}]');
    scene.index.put(endedEvent(1), CLIP); // before there was a rule
    await using one = await scene.fleet({ rules });
    const stranger = { faces: [faceOf(null)] };
    scene.index.put({ ...endedEvent(2), ...stranger }, CLIP);
    scene.index.put({ ...endedEvent(3), ...stranger });
    scene.index.put(endedEvent(4), CLIP);
    scene.index.put({ ...endedEvent(5), ...stranger, device: 'shed' }, CLIP);
    await scene.comes('a request', async () => (await one.requests.list({ limit: 10 })).length > 0);
    const [row] = await one.requests.list({ limit: 10 });
    assert.deepEqual([row?.who, row?.wanted], ['rule strangers', { event: endedEvent(2).id }]);
    await one.requests.take('yard', report(row?.id ?? '', { state: 'refused', reason: 'no' }));
    scene.index.put({ ...endedEvent(2), ...stranger }, CLIP);
    await scene.comes('another look', async () => true);
    assert.equal((await one.requests.list({ limit: 10 })).length, 1);
  });

  it('are checked, in a setting or in a file', async () => {
    const file = path.join(scene.folder, 'ask.json');
    await writeFile(file, '[{"name": "cars", "kinds": ["vehicle"], "score": 0.5}]');
    assert.deepEqual(await readAskRules(file), [{ name: 'cars', kinds: ['vehicle'], score: 0.5 }]);
    assert.deepEqual(await readAskRules(''), []);
    await assert.rejects(readAskRules('[{"name": "a b", "kind": 1}]'), {
      code: 'requests.settings', message: /TYTO_FLEET_ASK: rule "a b": name must have .*there is no setting "kind"/,
    });
    await assert.rejects(readAskRules('[{'), { code: 'requests.settings', message: /a list in JSON/ });
    await assert.rejects(readAskRules('/no/such'), {
      code: 'requests.settings', message: /file \/no\/such: it cannot be read/,
    });
  });
});
