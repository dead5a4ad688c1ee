/** What an upload needs to go on after a cut or in another process, as text that its caller keeps. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonIn } from '../core/json-in.ts';
import type { Checkpoint, Delivery } from './port.ts';

/** What a token belongs to: for another place or other content it is worth nothing. */
export interface TokenOwner {
  /** Store and key, such as `s3 https://s3.example.org bucket yard/a.mp4`. */
  readonly place: string;
  readonly delivery: Pick<Delivery, 'bytes' | 'sha256'>;
}

const envelope = z.strictObject({ place: z.string(), content: z.string(), state: z.unknown() });

export interface ReadToken<T> {
  readonly state: T;
  /** False when it is of the same place and other content: what was begun there is to be given up. */
  readonly isSameContent: boolean;
}

/** What `writeToken` kept, if it is of this place and form. */
export function readToken<T>(
  { token }: Checkpoint, { place, delivery }: TokenOwner, schema: z.ZodType<T>,
): ReadToken<T> | undefined {
  const read = envelope.safeParse(jsonIn(token));
  if (!read.success || read.data.place !== markOf(place)) return undefined;
  const state = schema.safeParse(read.data.state);
  return state.success ? { state: state.data, isSameContent: read.data.content === contentOf(delivery) } : undefined;
}

export const writeToken = (checkpoint: Checkpoint, { place, delivery }: TokenOwner, state: unknown): void =>
  checkpoint.save(JSON.stringify({ place: markOf(place), content: contentOf(delivery), state }));

const contentOf = ({ bytes, sha256 }: TokenOwner['delivery']): string => `${sha256}-${bytes}`;
const markOf = (place: string): string => createHash('sha256').update(place).digest('hex').slice(0, 32);
