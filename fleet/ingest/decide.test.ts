import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TytoEvent } from '../../device/contract/event.ts';
import { eventId, manifestKey, mediaFileName } from '../../device/contract/names.ts';
import type { SealFacts } from '../../device/contract/seal.ts';
import { millis, minutes } from '../../device/core/units.ts';
import { manifestOf, uploadOf } from '../../test/fleet/uploads.ts';
import {
  judgeClip,
  judgeCopies,
  judgeManifest,
  judgeSeal,
  type Copied,
  type CopiedFile,
  type ExpectedFile,
} from './decide.ts';
import { prefixOf, quarantineFolder, quarantineName } from './landing-key.ts';
import { DEFAULT_LIMITS as limits } from './limits.ts';
import { reason } from './reason.ts';
import { isStoreKey } from '../storage/key.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const now = millis(NOON + 60_000);
const facts = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };
const { event } = uploadOf({ clip: Buffer.from('clip'), picture: Buffer.from('picture') }, { at: NOON, facts });
const key = manifestKey(event);

describe('judgement of a manifest', () => {
  it('goes on with the files that it names, the small one first', () => {
    const verdict = judgeManifest(key, manifestOf(event), now, limits);
    assert.equal(verdict.verdict, 'go-on');
    assert.deepEqual(verdict.verdict === 'go-on' && verdict.files.map(({ role, bytes }) => [role, bytes]), [
      ['picture', 7],
      ['clip', 4],
    ]);
  });

  it('allows a device a clock that is ahead by hours, and one that was never set', () => {
    const code = (at: number, clock: TytoEvent['clock'] = 'synced'): string => {
      const told = { ...uploadOf({}, { at }).event, clock };
      const verdict = judgeManifest(manifestKey(told), manifestOf(told), now, limits);
      return verdict.verdict === 'reject' ? verdict.reason.code : verdict.verdict;
    };
    assert.equal(code(now + 14 * 3_600_000), 'go-on');
    assert.equal(code(1000, 'unsynced'), 'go-on');
    assert.equal(code(1000), 'event.past', 'but not one that says that it was set');
    assert.equal(code(now + 25 * 3_600_000), 'event.future');
  });

  it('comes to a verdict on any bytes under any key', () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(key), fc.string()),
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
          fc.tuple(fc.nat(), fc.string({ maxLength: 3 })).map(([at, text]) => {
            const whole = Buffer.from(manifestOf(event)).toString();
            return Buffer.from(whole.slice(0, at % whole.length) + text + whole.slice((at % whole.length) + 1));
          }),
        ),
        (place, manifest) => {
          const verdict = judgeManifest(place, manifest, now, limits);
          if (verdict.verdict === 'go-on') assert.equal(place, manifestKey(verdict.event));
          else assert.ok(verdict.reason.message.length <= 300);
        },
      ),
    ));
});

describe('judgement of the copied files', () => {
  const expected = (role: ExpectedFile['role']): ExpectedFile => ({
    role,
    name: `a.${role}`,
    key: `yard/a.${role}`,
    bytes: 4,
    sha256: 'aa',
  });
  const judge = (picture: Copied, clip: Copied, age = minutes(1)): string => {
    const files: CopiedFile[] = [
      { expected: expected('picture'), copied: picture },
      { expected: expected('clip'), copied: clip },
    ];
    const verdict = judgeCopies(files, age, limits);
    return verdict.verdict === 'reject' ? verdict.reason.code : verdict.verdict;
  };
  const right: Copied = { state: 'copied', sha256: 'aa' };
  const missing: Copied = { state: 'missing' };

  it('goes on when all are as announced', () => assert.equal(judge(right, right), 'go-on'));
  it('waits for what is missing, but not for ever', () => {
    assert.equal(judge(right, missing), 'wait');
    assert.equal(judge(right, missing, millis(limits.wait - 1)), 'wait');
    assert.equal(judge(right, missing, limits.wait), 'file.missing');
  });
  it('does not wait for the rest when one is wrong', () => {
    assert.equal(judge({ state: 'copied', sha256: 'bb' }, missing), 'file.wrong-hash');
    assert.equal(judge(missing, { state: 'other-size', bytes: 5 }), 'file.wrong-size');
  });
});

describe('judgement of a clip', () => {
  const told = { codec: 'avc1.64001f', size: { width: 1280, height: 720 }, duration: millis(12_000) };
  it('wants codec, size and length to be those that were told', () => {
    assert.equal(judgeClip(event, told), undefined);
    assert.equal(judgeClip(event, { ...told, duration: millis(12_900), codec: 'avc1.42c01f' }), undefined);
    assert.equal(judgeClip(event, { ...told, duration: millis(13_100) })?.code, 'clip.wrong-duration');
    assert.equal(judgeClip(event, { ...told, duration: millis(9000) })?.code, 'clip.wrong-duration');
    assert.equal(judgeClip(event, { ...told, size: { width: 640, height: 360 } })?.code, 'clip.not-as-told');
    assert.equal(judgeClip(event, { ...told, codec: 'hvc1.1.6.L93.B0' })?.code, 'clip.not-as-told');
  });
});

describe('a reason', () => {
  it('is a short line, whatever an uploader wrote into it', () => {
    const { message } = reason('file.name', `"${'x'.repeat(1000)}`);
    assert.equal(message.length, 300);
    assert.equal(reason('file.name', 'a\u0000b\u001b[31mc\u202ed\ne').message, 'a?b?[31mc?d?e');
  });
});

describe('the place of a key in the quarantine', () => {
  it('can be written, below the prefix that the key lay under, whatever the key is', () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), (device, name) => {
        const landed = `${device}/${name}`;
        assert.ok(
          isStoreKey(quarantineFolder(landed) + quarantineName(landed)),
          quarantineFolder(landed) + quarantineName(landed),
        );
      }),
    ));
  it('is another one for every key', () => {
    const keys = ['yard/a.json', 'yard/a', 'yard/a_', 'yard/ä', 'yard/b/a.json', 'a.json', '../a.json', 'yard//a.json'];
    assert.equal(new Set(keys.map(quarantineFolder)).size, keys.length);
    assert.match(quarantineFolder(key), new RegExp(`^yard/${event.id.replace('.', '\\.')}-[0-9a-f]{16}/$`));
    assert.equal(prefixOf('loose.json'), '');
  });
});

describe('judgement of a seal', () => {
  const [own, other] = ['o'.repeat(43), 'x'.repeat(43)];
  const nameOf = (id: string): string =>
    mediaFileName({ at: millis(NOON), device: 'yard', camera: 'camera', eventId: id, extension: 'mp4' });
  const sealOf = (by: string, name = nameOf(event.id)): SealFacts =>
    ({ version: 1, device: 'yard', camera: 'camera', name, key: by });
  const code = (seal: SealFacts | undefined, known: readonly string[]): string | undefined =>
    judgeSeal(event, seal, known)?.code;

  it('believes the first key of a device, and then no other', () => {
    assert.equal(code(sealOf(own), []), undefined);
    assert.equal(code(sealOf(own), [own]), undefined);
    assert.equal(code(sealOf(other), [own]), 'clip.wrong-signer');
    assert.equal(code(sealOf(other), [own, other]), undefined, 'unless somebody said so');
  });

  it('wants a seal of a device that seals', () => {
    assert.equal(code(undefined, []), undefined);
    assert.equal(code(undefined, [own]), 'clip.wrong-signer');
  });

  it('takes no clip that was recorded for another event', () => {
    assert.equal(code(sealOf(own, nameOf(eventId(millis(NOON - 5000), 0.5))), [own]), 'clip.not-as-told');
    assert.equal(code(sealOf(own, '20261121T120000.000Z_yard_camera_continuous.mp4'), [own]), undefined);
  });
});
