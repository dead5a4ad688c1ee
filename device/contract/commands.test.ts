import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRecordCommand, parseTriggerCommand } from './commands.ts';
import { EVENT_TEXT } from './event.ts';

describe('commands', () => {
  it('takes a switch, or what to record as JSON', () => {
    assert.deepEqual(['ON', ' off ', '{"length":30,"label":"doorbell"}', '{"record":false,"request":"a-1"}'].map(
      parseRecordCommand,
    ),
      [
        { record: true }, { record: false }, { record: true, length: 30, label: 'doorbell' },
        { record: false, request: 'a-1' },
      ]);
  });

  it('takes a trigger as JSON, as a mere label, or as nothing', () => {
    assert.deepEqual(['', ' front door\n', '{"source":"zigbee","length":20}'].map(parseTriggerCommand), [
      {}, { label: 'front door' }, { source: 'zigbee', length: 20 },
    ]);
  });

  it('says what is wrong, and whose request that was', () => {
    const faults = ['{"length":0,"request":"a-1"}', '{"length":1e9}', '{"lenght":3}', '30', '[]', '{', 'on please'].map(
      parseRecordCommand,
    );
    assert.ok(faults.every((told) => 'fault' in told && told.fault.startsWith('takes ON, OFF or JSON')));
    assert.match(JSON.stringify(faults[0]), /length: at least 1 second.*"request":"a-1"/);
    for (const label of ['x'.repeat(65), 'a\u0000b', 'a\u202eb', 'line\nline'])
      assert.ok('fault' in parseTriggerCommand(label), JSON.stringify(label));
  });

  it('never throws, and lets no text through that is long or holds control characters', () => fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (payload) => {
      for (const told of [parseRecordCommand(payload), parseTriggerCommand(payload)]) {
        if ('fault' in told) assert.ok(told.fault.length < 500);
        else for (const text of [told.label, told.source])
          if (text !== undefined) assert.equal(EVENT_TEXT.parse(text), text);
      }
    })));
});
