import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commandAnswerSchema, type CommandAnswer } from '../contract/commands.ts';
import { eventId } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { CameraCommands, type CommandTopic } from './camera-commands.ts';
import type { EventRequest } from './holds.ts';

const id = eventId(millis(1000), 0.5);

/** Commands of a camera whose video has come to 10 s; the wall clock says 1000 s more. */
function commands({ armed = true, online = true } = {}) {
  const answers: CommandAnswer[] = [];
  const requests: EventRequest[] = [];
  const stopped: string[] = [];
  const warnings: string[] = [];
  let now = seconds(1);
  const taker = new CameraCommands({
    keeper: {
      request: (request) => { requests.push(request); return id; },
      letGo: (kind) => { stopped.push(kind); return id; },
    },
    streamTime: () => (online ? seconds(10) : undefined), wallTime: (at) => millis(at + 1_000_000),
    isArmed: () => armed, lengths: { record: seconds(30), trigger: seconds(12) },
    answer: (_topic, answer) => answers.push(commandAnswerSchema.parse(answer)), monotonic: () => now,
    log: { ...silentLog, warn: (text: string) => { warnings.push(text); } },
  });
  const send = (topic: CommandTopic, payload: string | Buffer, retained = false): CommandAnswer | undefined => {
    const before = answers.length;
    taker.take(topic, { payload: Buffer.from(payload), retained });
    return answers[before];
  };
  return { send, answers, requests, stopped, warnings, later: (by: Millis) => { now = millis(now + by); } };
}

const codeOf = (answer: CommandAnswer | undefined): string => (answer === undefined || answer.ok ? 'ok' : answer.code);

describe('commands of a camera', () => {
  it('record from now on, for the length of the setting or the one that is given', () => {
    const { send, requests } = commands();
    assert.deepEqual(send('record', 'ON'), { ok: true, request: null, event: id, until: 1040 });
    assert.deepEqual(send('record', '{"length":5,"label":"doorbell","request":"a-1"}'), {
      ok: true, request: 'a-1', event: id, until: 1015,
    });
    assert.deepEqual(requests.map(({ kind, at, until, words: { label } }) => [kind, at, until, label]), [
      ['manual', 10_000, 40_000, undefined], ['manual', 10_000, 15_000, 'doorbell'],
    ]);
  });

  it('stop what is recorded', () => {
    const { send, stopped } = commands();
    assert.deepEqual(
      [send('record', 'off'), stopped], [{ ok: true, request: null, event: id, until: null }, ['manual']],
    );
  });

  it('note what happened elsewhere while armed', () => {
    const { send, requests } = commands();
    assert.equal(codeOf(send('trigger', 'front door')), 'ok');
    assert.deepEqual(
      requests, [{ kind: 'external', at: 10_000, until: 22_000, words: { label: 'front door', source: undefined } }],
    );
    assert.equal(codeOf(commands({ armed: false }).send('trigger', 'front door')), 'command.disarmed');
    assert.equal(codeOf(commands({ armed: false }).send('record', 'ON')), 'ok');
  });

  it('are refused with a reason when no video comes', () =>
    assert.equal(codeOf(commands({ online: false }).send('record', 'ON')), 'command.offline'));

  it('are not obeyed when they are retained, too long or not understood, and somebody is told', () => {
    const { send, requests, warnings } = commands();
    const codes = [
      send('record', 'ON', true), send('trigger', 'x'.repeat(2000)), send('record', 'perhaps'),
      send('trigger', '{"length":-1}'), send('record', Buffer.from([0xff, 0xfe])),
    ].map(codeOf);
    assert.deepEqual(
      codes, ['command.retained', 'command.too-large', 'command.malformed', 'command.malformed', 'command.malformed'],
    );
    assert.deepEqual([requests.length, warnings.length], [0, 5]);
    assert.ok(warnings.every((line) => line.length < 600));
  });

  it('are bounded: of a flood twenty are taken, one word is said, and later it works again', () => {
    const { send, requests, answers, warnings, later } = commands();
    for (let count = 0; count < 5000; count++) send('trigger', 'bell');
    assert.deepEqual(
      [requests.length, answers.length, warnings.length, codeOf(answers.at(-1))], [20, 21, 1, 'command.too-many'],
    );
    assert.equal(codeOf(send('record', 'ON')), 'ok', 'the other topic is not held up');
    later(seconds(11));
    assert.equal(codeOf(send('trigger', 'bell')), 'ok');
  });

  it('never throw, whatever comes', () =>
    fc.assert(fc.property(fc.uint8Array({
      maxLength: 1100,
    }), fc.constantFrom('record', 'trigger'), fc.boolean(), (bytes, topic, retained) => {
      assert.notEqual(commands().send(topic, Buffer.from(bytes), retained), undefined);
    })));
});
