/** The fleet's API, as this page uses it. */
import type {
  FleetDevicesView, FleetEventsView, FleetEventView, FleetStatusView, RejectedPageView,
} from '../../../../device/contract/fleet-api.ts';
import type { SessionView } from '../../../../device/contract/session.ts';

/** A request that was refused, or that did not arrive (`code` is then `offline`). The message is for people. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(sentence(message));
    this.name = 'Refusal';
    this.code = code;
  }
}

/** Ends with the session: nobody is signed in any more. */
export const SIGN_IN = 'access.sign-in';

export const server = {
  session: () => ask<SessionView>('GET', '/api/session'),
  createOwner: (password: string) => ask<SessionView>('POST', '/api/owner', { password }),
  signIn: (password: string) => ask<undefined>('POST', '/api/session', { password }),
  signOut: () => ask<undefined>('DELETE', '/api/session'),
  changePassword: (password: string, newPassword: string) =>
    ask<undefined>('PUT', '/api/owner', { password, newPassword }),
  status: () => ask<FleetStatusView>('GET', '/api/status'),
  devices: () => ask<FleetDevicesView>('GET', '/api/devices'),
  events: (of: { readonly device?: string | undefined; readonly before?: string | undefined }) =>
    ask<FleetEventsView>('GET', `/api/events${query(of)}`),
  event: (device: string, id: string) =>
    ask<FleetEventView>('GET', `/api/events/${encodeURIComponent(device)}/${encodeURIComponent(id)}`),
  /** Whether a link to media still works. */
  holds: async (link: string) => (await reach('HEAD', link, undefined)).ok,
  rejected: (before?: string) => ask<RejectedPageView>('GET', `/api/rejected${query({ before })}`),
};

function query(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await reach(method, path, body);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const told = (await response.json().catch(() => undefined)) as
    { error?: { code?: string; message?: string } } | undefined;
  throw new Refusal(
    told?.error?.code ?? 'unknown',
    told?.error?.message ?? `the server answered with an error (${response.status})`,
  );
}

async function reach(method: string, path: string, body: object | undefined): Promise<Response> {
  try {
    return await fetch(path, {
      method, signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  } catch {
    throw new Refusal(
      'offline',
      'the server cannot be reached; check that tyto-fleet runs and that you are on its network',
    );
  }
}

function sentence(message: string): string {
  const start = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** What went wrong, for people. */
export const inWords = (error: unknown): string =>
  error instanceof Refusal ? error.message : 'Something went wrong in this page. Reload it.';
