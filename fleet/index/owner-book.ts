import type { Place } from './place.ts';

/**
 * Whose what is that comes into the landing, beside an index that several processes file into: written by
 * the one that lets uploads in, read by those that file. @throws {ConfigError | RemoteError} From every
 * method, when it cannot be reached.
 */
export interface OwnerBook {
  /** All that comes under the name of `device` is `account`'s from now on. */
  give(device: string, account: string): Promise<void>;
  /** This one event is `account`'s, whosever its device is. */
  bring(place: Place, account: string): Promise<void>;
  /** Undefined for what is nobody's. */
  ownerOf(place: Place): Promise<string | undefined>;
}
