/** Requests for footage in words: pure. */
import type { RequestView } from '../../../../../device/contract/fleet-api.ts';
import { dayInWords, durationInWords } from '../../../../../device/ui/words.ts';
import { sizeInWords } from '../words.ts';

export const isOpen = ({ state }: RequestView): boolean =>
  state === 'asked' || state === 'accepted' || state === 'sending';

/** From 0 to 1; undefined until the device knows how much there is. */
export const progressOf = ({ bytes, sent_bytes: sent }: RequestView): number | undefined =>
  (bytes === 0 ? undefined : sent / bytes);

/** Where it stands, as a person wants to know it. */
export function stateInWords(request: RequestView): string {
  const { state, bytes, sent_bytes: sent, reason } = request;
  const why = reason === '' ? '' : `: ${reason}`;
  switch (state) {
    case 'asked': return 'Asked. The device sees it when it next looks.';
    case 'accepted': return 'The device has it, and sends as its upload rules allow.';
    case 'sending':
      if (bytes === 0) return 'The device is sending.';
      return sent >= bytes ? 'Sent. It is being checked.' : `${sizeInWords(sent)} of ${sizeInWords(bytes)} sent.`;
    case 'done': return reason === '' ? 'It has come.' : sentence(reason);
    case 'refused': return `The device cannot send it${why}.`;
    case 'expired': return `Nobody waits for it any more${why}.`;
    case 'withdrawn': return 'Taken back.';
  }
}

/** One word, for a list. */
export const STATE_WORDS: Readonly<Record<RequestView['state'], string>> = {
  asked: 'asked', accepted: 'accepted', sending: 'sending', done: 'done', refused: 'refused',
  expired: 'expired', withdrawn: 'taken back',
};

/** `Today, 14:00 to 14:15 (15 min)`; both days where they differ. */
export function spanInWords(from: number, to: number, now: Date, locale: string): string {
  const clock = (at: number): string =>
    new Date(at * 1000).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
  const [first, last] = [dayInWords(from, now, locale), dayInWords(to, now, locale)];
  const end = first === last ? clock(to) : `${last}, ${clock(to)}`;
  return `${first}, ${clock(from)} to ${end} (${durationInWords(to - from)})`;
}

/** `you`, for the owner who reads it. */
export const whoInWords = (who: string): string =>
  (who === 'owner' ? 'you' : who === 'fleet' ? 'this server' : who === 'device' ? 'the device' : who);

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
