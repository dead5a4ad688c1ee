import assert from 'node:assert/strict';
import fc from 'fast-check';
import { passwordComplaint } from './password-rules.ts';

describe('password rules', () => {
  const refused = (passwords: readonly string[], complaint: string) => {
    for (const password of passwords) assert.equal(passwordComplaint(password), complaint, password);
  };

  it('want at least ten characters, counted as people count them', () => {
    refused(['', 'short', 'nine char', '🦉🦉🦉🦉🦉🦉🦉🦉🦉'], 'too-short');
    assert.equal(passwordComplaint('ten chars!'), undefined);
  });

  it('want at most two hundred', () => refused(['correct horse '.repeat(20)], 'too-long'));

  it('refuse what a guesser tries first', () => refused([
    'password12', 'Password123!', 'P@ssw0rd2026', 'passwordpassword', '1234567890', '0987654321',
    '1111111111', 'aaaaaaaaaaaa', 'qwertyuiop',
    'qwerty123456', 'abcdefghij', 'abcabcabcabc', 'administrator', 'adminadmin1', 'changeme123',
    'letmein1234', 'iloveyou2026', 'tytotytotyto',
    'raspberrypi4', 'my camera 123', 'welcome-home-1', 'abababababab',
  ], 'too-obvious'));

  it('take an ordinary good one', () => {
    for (const password of ['gutter lantern 41', 'Zwei Meisen im Mai', 'kT9#vLq2x!', 'password for the henhouse']) {
      assert.equal(passwordComplaint(password), undefined, password);
    }
  });

  it('judge any text without failing', () => fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      assert.ok([undefined, 'too-short', 'too-long', 'too-obvious'].includes(passwordComplaint(text)));
    }),
  ));
});
