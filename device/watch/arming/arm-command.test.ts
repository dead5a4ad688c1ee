import assert from 'node:assert/strict';
import type { CommandAnswer } from '../../contract/commands.ts';
import { ConfigError } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import { millis, type Millis } from '../../core/units.ts';
import { ArmCommand } from './arm-command.ts';

function scene(turn: (on: boolean) => Promise<void> = async () => {}) {
  const turned: boolean[] = [];
  const answers: CommandAnswer[] = [];
  let now: Millis = millis(0);
  const command = new ArmCommand({
    turn: async (on) => { turned.push(on); await turn(on); },
    answer: (answer) => answers.push(answer), monotonic: () => now, log: silentLog,
  });
  return { turned, answers, take: (text: string, retained = false) =>
    command.take(Buffer.from(text), retained), pass: (time: Millis) => { now = millis(now + time); } };
}
const codes = (answers: readonly CommandAnswer[]): string[] =>
  answers.map((answer) => (answer.ok ? 'ok' : answer.code));

describe('the arm switch on the bus', () => {
  it('takes ON and OFF and says that it did', async () => {
    const { take, turned, answers } = scene();
    await take('ON');
    await take(' off ');
    assert.deepEqual([turned, codes(answers)], [[true, false], ['ok', 'ok']]);
  });

  it('says why it did not: what it does not understand, what is retained, what the settings fix, what the disk refuses', async () => {
    const wrong = scene();
    for (const text of ['maybe', 'O'.repeat(5000), '{"armed":true}']) await wrong.take(text);
    await wrong.take('ON', true);
    assert.deepEqual(
      [wrong.turned, codes(wrong.answers)], [[], [...Array<string>(3).fill('command.malformed'), 'command.retained']],
    );
    const fixed = scene(async () => { throw new ConfigError('arming.managed', 'it is fixed'); });
    await fixed.take('OFF');
    const full = scene(async () => { throw new Error('ENOSPC'); });
    await full.take('OFF');
    assert.deepEqual([...codes(fixed.answers), ...codes(full.answers)], ['arming.managed', 'arming.not-stored']);
  });

  it('hears without a word that a retained message is deleted', async () => {
    const { take, turned, answers } = scene();
    await take('');
    await take('', true);
    assert.deepEqual([turned, answers], [[], []]);
  });

  it('is turned 20 times in 10 s at most: each turn is written to the disk', async () => {
    const { take, turned, answers, pass } = scene();
    for (let count = 0; count < 100; count++) await take(count % 2 === 0 ? 'ON' : 'OFF');
    assert.deepEqual([turned.length, answers.length, codes(answers).at(-1)], [20, 21, 'command.too-many']);
    pass(millis(10_001));
    await take('ON');
    assert.equal(codes(answers).at(-1), 'ok');
  });
});
