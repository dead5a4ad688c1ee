import type { RequestView } from '../../../../../device/contract/fleet-api.ts';
import { isOpen, progressOf } from './request-words.ts';

/** How far the footage has come; moves without a measure until the device knows how much there is. */
export function Progress({ request }: { readonly request: RequestView }) {
  if (!isOpen(request)) return null;
  const share = request.state === 'asked' ? undefined : progressOf(request);
  return <progress class="progress" aria-label="Sent" max={1} {...(share === undefined ? {} : { value: share })} />;
}
