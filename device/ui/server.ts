/** The server of a page, as far as every page uses it: how it is asked, and what it knows of its owner. */
import type { SessionView } from '../contract/session.ts';

/** A request that was refused, or that did not arrive (`code` is then `offline`). The message is for people. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(sentence(message));
    this.name = 'Refusal';
    this.code = code;
  }
}

/** What went wrong, for people. */
export const inWords = (error: unknown): string =>
  (error instanceof Refusal ? error.message : 'Something went wrong in this page. Reload it.');

export interface ServerWords {
  /** `the device`. */
  readonly name: string;
  /** What to check when it cannot be reached: `check that it has power`. */
  readonly remedy: string;
}

export interface Calls {
  /**
   * @param withinMs - How long the answer may take, unless as long as usual.
   * @throws {Refusal} For every answer but a good one, and for none.
   */
  readonly ask: <T>(method: string, path: string, body?: object, withinMs?: number) => Promise<T>;
  /** As `ask`, but any answer will do. */
  readonly reach: (method: string, path: string, body?: object, withinMs?: number) => Promise<Response>;
}

const WITHIN_MS = 15_000;

/** The calls of a page to the server that it came from. */
export function callsTo({ name, remedy }: ServerWords): Calls {
  const reach: Calls['reach'] = async (method, path, body, withinMs = WITHIN_MS) => {
    try {
      return await fetch(path, {
        method, signal: AbortSignal.timeout(withinMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });
    } catch {
      throw new Refusal('offline', `${name} cannot be reached; ${remedy}`);
    }
  };
  return {
    reach,
    ask: async <T>(method: string, path: string, body?: object, withinMs?: number): Promise<T> => {
      const response = await reach(method, path, body, withinMs);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      const told = await response.json().catch(() => undefined) as Told | undefined;
      const message = told?.error?.message ?? `${name} answered with an error (${response.status})`;
      throw new Refusal(told?.error?.code ?? 'unknown', message);
    },
  };
}

/** The body of an answer that refuses. */
interface Told { readonly error?: { readonly code?: string; readonly message?: string } }

/** What a server can be asked about its owner. */
export type OwnerCalls = ReturnType<typeof ownerCalls>;

export const ownerCalls = ({ ask }: Calls) => ({
  session: () => ask<SessionView>('GET', '/api/session'),
  createOwner: (password: string) => ask<SessionView>('POST', '/api/owner', { password }),
  signIn: (password: string) => ask<undefined>('POST', '/api/session', { password }),
  signOut: () => ask<undefined>('DELETE', '/api/session'),
  changePassword: (password: string, newPassword: string) =>
    ask<undefined>('PUT', '/api/owner', { password, newPassword }),
});

function sentence(message: string): string {
  const start = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
