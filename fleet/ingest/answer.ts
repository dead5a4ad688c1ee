/** Tells a device what became of an upload: an empty object in the landing, whose name says it (`contract/mail.ts`). */
import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import { answerKey, type Answer } from '../../device/contract/mail.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { EMPTY_OBJECT } from '../../device/landing/empty-object.ts';
import type { LandingWriter } from '../../device/landing/port.ts';
import { nameOf, prefixOf } from './landing-key.ts';

/** `code` is empty for what was taken. */
export type Verdict = Pick<Answer, 'verdict' | 'code'>;
export const TAKEN: Verdict = { verdict: 'taken', code: '' };

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Answers the manifest that lay under `key`, to whoever could put it there, whatever it says of itself. Repeating it
 * changes nothing. A key that no device of ours would choose is not answered: nobody waits for that.
 *
 * @param fingerprint - Of the manifest; one too large to be read has none that an answer could name.
 */
export async function answer(
  key: string, fingerprint: string, verdict: Verdict, landing: LandingWriter, signal: AbortSignal,
): Promise<void> {
  const [device, event] = [prefixOf(key), nameOf(key).replace(/\.json$/, '')];
  if (!NAME_PATTERN.test(device) || !EVENT_ID_PATTERN.test(event) || !SHA256.test(fingerprint)) return;
  await landing.put(answerKey(device, { event, sha256: fingerprint, ...verdict }), EMPTY_OBJECT, signal);
}
