/** The device's API, as this page uses it. */
import type { ArmedView, EventsView } from '../../../contract/device-api.ts';
import type { TytoEvent } from '../../../contract/event.ts';
import type { SessionView } from '../../../contract/session.ts';

/** A request that the device refused, or that did not reach it (`code` is then `offline`). The message is for people. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(sentence(message));
    this.name = 'Refusal';
    this.code = code;
  }
}

export const server = {
  session: () => ask<SessionView>('GET', '/api/session'),
  createOwner: (password: string) => ask<SessionView>('POST', '/api/owner', { password }),
  signIn: (password: string) => ask<undefined>('POST', '/api/session', { password }),
  signOut: () => ask<undefined>('DELETE', '/api/session'),
  changePassword: (password: string, newPassword: string) => ask<undefined>('PUT', '/api/owner', { password, newPassword }),
  arm: (armed: boolean) => ask<ArmedView>('PUT', '/api/armed', { armed }),
  events: (before?: string) => ask<EventsView>('GET', `/api/events${before === undefined ? '' : `?before=${before}`}`),
  event: (id: string) => ask<TytoEvent>('GET', `/api/events/${encodeURIComponent(id)}`),
};

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await reach(method, path, body);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const told = await response.json().catch(() => undefined) as { error?: { code?: string; message?: string } } | undefined;
  throw new Refusal(told?.error?.code ?? 'unknown', told?.error?.message ?? `the device answered with an error (${response.status})`);
}

async function reach(method: string, path: string, body: object | undefined): Promise<Response> {
  try {
    return await fetch(path, {
      method, signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  } catch {
    throw new Refusal('offline', 'the device cannot be reached; check that it has power and that you are on its network');
  }
}

function sentence(message: string): string {
  const start = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** What went wrong, for people. */
export const inWords = (error: unknown): string => (error instanceof Refusal ? error.message : 'Something went wrong in this page. Reload it.');
