/** The device's API, as this page uses it. */
import type {
  ArmedView, CommandView, EventsView, KeptEvent, LedgerView, NewTokenView, PeopleView, PersonView,
  PlacesView, RecordingsView, StarView, TokensView,
} from '../../../contract/device-api.ts';
import type { OutputsView, OutputTest, Redrive } from '../../../contract/outputs-view.ts';
import type { Seeing } from '../../../contract/places.ts';
import type { UploadsView } from '../../../contract/uploads-view.ts';
import { callsTo, inWords, ownerCalls } from '../../../ui/server.ts';

const calls = callsTo({ name: 'the device', remedy: 'check that it has power and that you are on its network' });
const { ask } = calls;
/** What looks at a face must be loaded first, on a board that does other things: as long as the device itself waits. */
const FACE_WITHIN_MS = 120_000;
const facePicture = (event: string, face: number): string => `/api/events/${encodeURIComponent(event)}/faces/${face}`;

export const server = {
  ...ownerCalls(calls),
  arm: (armed: boolean) => ask<ArmedView>('PUT', '/api/armed', { armed }),
  record: () => ask<CommandView>('POST', '/api/record'),
  stopRecording: () => ask<CommandView>('DELETE', '/api/record'),
  /** `query` begins with `?`, or is empty. */
  events: (query: string) => ask<EventsView>('GET', `/api/events${query}`),
  event: (id: string) => ask<KeptEvent>('GET', `/api/events/${encodeURIComponent(id)}`),
  star: (id: string, starred: boolean) =>
    ask<StarView>('PUT', `/api/events/${encodeURIComponent(id)}/star`, { starred }),
  remove: (id: string) => ask<void>('DELETE', `/api/events/${encodeURIComponent(id)}`),
  places: () => ask<PlacesView>('GET', '/api/places'),
  changePlaces: (change: Partial<Seeing>) => ask<PlacesView>('PUT', '/api/places', change),
  people: () => ask<PeopleView>('GET', '/api/people'),
  enrol: (name: string, event: string, face: number) =>
    ask<PersonView>('POST', '/api/people', { name, event, face }, FACE_WITHIN_MS),
  /** The address of the picture of an event's face. */
  facePicture,
  /** In words for people, where such a picture does not come. */
  whyNoFace: (event: string, face: number) =>
    ask<never>('GET', facePicture(event, face)).catch(inWords),
  rename: (id: string, name: string) => ask<void>('PUT', `/api/people/${encodeURIComponent(id)}`, { name }),
  forget: (id: string) => ask<void>('DELETE', `/api/people/${encodeURIComponent(id)}`),
  removePicture: (id: string, sample: string) =>
    ask<void>(
      'DELETE', `/api/people/${encodeURIComponent(id)}/samples/${encodeURIComponent(sample)}`, undefined,
      FACE_WITHIN_MS, // after faces that are being looked at
    ),
  outputs: () => ask<OutputsView>('GET', '/api/outputs'),
  testOutput: (name: string) => ask<OutputTest>('POST', `/api/outputs/${encodeURIComponent(name)}/test`),
  redriveOutput: (name: string) => ask<Redrive>('POST', `/api/outputs/${encodeURIComponent(name)}/redrive`),
  uploads: () => ask<UploadsView>('GET', '/api/uploads'),
  /** One event, or all that were put aside. */
  redriveUploads: (event?: string) =>
    ask<Redrive>(
      'POST', event === undefined ? '/api/uploads/redrive' : `/api/uploads/${encodeURIComponent(event)}/redrive`,
    ),
  keys: () => ask<TokensView>('GET', '/api/tokens'),
  addKey: (name: string) => ask<NewTokenView>('POST', '/api/tokens', { name }),
  removeKey: (id: string) => ask<void>('DELETE', `/api/tokens/${encodeURIComponent(id)}`),
  ledger: (from?: number, to?: number) =>
    ask<LedgerView>(
      'GET', from === undefined || to === undefined ? '/api/ledger' : `/api/ledger?from=${from}&to=${to}`,
    ),
  films: () =>
    ask<RecordingsView>(
      'GET', `/api/recordings?kind=timelapse&limit=2000&from=0&to=${Math.ceil(Date.now() / 1000) + 86_400}`,
    ),
  recordings: (from: number, to: number) => ask<RecordingsView>('GET', `/api/recordings?from=${from}&to=${to}`),
};
