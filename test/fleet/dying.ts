import type { IngestParts } from '../../fleet/ingest/ports.ts';
import { Signers } from '../../fleet/ingest/signers.ts';

/** What a process feels that is killed: nothing it does has any effect from then on. */
export class Killed extends Error {}

/**
 * Stores and index that count each call, and die at call number `at` (from 1), before it takes effect: which is to say,
 * after the call before it did. `calls` tells afterwards how many there were.
 */
export function dyingParts<P extends IngestParts>(
  parts: P,
  at: number,
): { readonly parts: P; readonly calls: () => number } {
  let calls = 0;
  const dying = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (++calls >= at) throw new Killed();
          return Reflect.apply(member, object, args) as unknown;
        };
      },
    });
  return {
    parts: {
      ...parts,
      landing: dying(parts.landing),
      library: dying(parts.library),
      quarantine: dying(parts.quarantine),
      register: dying(parts.register),
      reports: dying(parts.reports),
      signers: new Signers(dying(parts.signers.drawer)),
    },
    calls: () => calls,
  };
}
