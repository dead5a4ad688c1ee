import type { FleetEventView, FleetStatusView } from '../../../../../device/contract/fleet-api.ts';
import { withFoundFaces } from '../../../../../device/contract/fleet-findings.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { Older } from '../../../../../device/ui/parts/older.tsx';
import { OwlScene } from '../../../../../device/ui/parts/owl.tsx';
import { headline } from '../../../../../device/ui/event-words.ts';
import { byDay, durationInWords, readersLocale, timeInWords } from '../../../../../device/ui/words.ts';
import { Link } from '../parts/link.tsx';
import { eventPath } from '../route.ts';
import type { Pages } from '../use-pages.ts';
import { filterInWords, type EventFilter } from './event-filter.ts';
import { showAllOf } from './filter-bar.tsx';
import { LinkedPicture } from './linked-picture.tsx';
import { keyOf } from './merge-events.ts';

const locale = readersLocale(navigator.languages);

export interface EventGridProps {
  readonly pages: Pages<FleetEventView>;
  readonly filter: EventFilter;
  readonly status: FleetStatusView | undefined;
}

/** What was recorded, newest first, by day. */
export function EventGrid({ pages, filter, status }: EventGridProps) {
  if (pages.rows.length === 0) return <NoEvents pages={pages} filter={filter} status={status} />;
  return (
    <>
      {byDay(pages.rows, ({ event }) => event.start_time, { now: new Date(), locale }).map((day) => (
        <section key={day.name} class="day" aria-label={day.name}>
          <h2>{day.name}</h2>
          <ul class="grid">
            {day.events.map((view) => (
              <EventCard key={keyOf(view)} view={view} filter={filter} />
            ))}
          </ul>
        </section>
      ))}
      {pages.more ? (
        <Older status={pages.status} onLoad={pages.loadOlder} />
      ) : (
        <p class="list-end">That is all so far.</p>
      )}
    </>
  );
}

function EventCard({ view, filter }: { readonly view: FleetEventView; readonly filter: EventFilter }) {
  const { event, damage, sealed, held, found_faces: found } = view;
  const seen = headline(withFoundFaces(event, found));
  const isHeld = event.clip === null && held.some(({ role }) => role === 'clip');
  return (
    <li>
      <Link class="event" to={eventPath(event, filter)}>
        <span class="event-picture">
          <LinkedPicture key={event.snapshot?.sha256 ?? ''} view={view} />
          <span class="event-length">
            {event.clip === null ? null : <Icon name="play" />}
            {durationInWords((event.end_time ?? event.start_time) - event.start_time)}
          </span>
        </span>
        <span class="event-words">
          <span class="event-time">{timeInWords(event.start_time, locale)}</span>
          <span class="event-kinds">{seen}</span>
          {filter.device === undefined ? <span class="event-device">{event.device}</span> : null}
          {damage === null ? null : (
            <span class="event-note" title={damage.reason}>
              damaged picture
            </span>
          )}
          {sealed
            ? <span class="event-note" title="It was filed without being looked into: there was no key that opens it">
              encrypted
            </span>
            : null}
          {isHeld ? <span class="event-note event-held">clip on the device</span> : null}
          {event.clock === 'unsynced' ? (
            <span class="event-note" title="The device's clock was not set when this began">
              time not certain
            </span>
          ) : null}
        </span>
      </Link>
    </li>
  );
}

function NoEvents({ pages, filter, status }: EventGridProps) {
  if (pages.status === 'failed') {
    return (
      <div class="empty">
        <OwlScene asleep />
        <strong>The events could not be loaded</strong>
        <p>{pages.error}</p>
        <button type="button" class="plain" onClick={pages.again}>
          Try again
        </button>
      </div>
    );
  }
  if (pages.status === 'loading' && !pages.more) {
    return (
      <ul class="grid" aria-busy="true" aria-label="Loading">
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <li key={n} class="event ghost-card">
            <span class="event-picture" />
            <span class="event-words" />
          </li>
        ))}
      </ul>
    );
  }
  if (pages.more) {
    return (
      <div class="empty">
        <OwlScene />
        <strong>Looking further back…</strong>
        <Older status={pages.status} onLoad={pages.loadOlder} />
      </div>
    );
  }
  const { device } = filter;
  const asked = filterInWords(filter, locale);
  if (asked !== undefined) {
    return (
      <div class="empty">
        <OwlScene asleep />
        <strong>No such events</strong>
        <p>
          Nothing {device === undefined ? 'in the library' : `of ${device} in the library`} is:{' '}
          {asked}.
        </p>
        <button type="button" class="plain" onClick={() => showAllOf(device)}>Show all events</button>
      </div>
    );
  }
  return (
    <div class="empty">
      <OwlScene asleep />
      <strong>{device === undefined ? 'Nothing has arrived yet' : `Nothing of ${device} in the library`}</strong>
      {device === undefined ? (
        <p>
          Events appear here by themselves once a device has uploaded them and they were found sound. Uploads are looked
          for in
        </p>
      ) : (
        <p>This device may have sent nothing yet, or what it sent was rejected.</p>
      )}
      {device === undefined && status !== undefined ? <code class="place">{status.landing.place}</code> : null}
    </div>
  );
}
