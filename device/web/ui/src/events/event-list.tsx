import { Older } from '../../../../ui/parts/older.tsx';
import { OwlScene } from '../../../../ui/parts/owl.tsx';
import { byDay, readersLocale } from '../../../../ui/words.ts';
import { filterInWords } from './event-filter.ts';
import { EventRow } from './event-row.tsx';
import { show } from './filter-bar.tsx';
import type { EventFeed } from './use-events.ts';

const locale = readersLocale(navigator.languages);

export interface EventListProps {
  readonly feed: EventFeed;
  readonly armed: boolean | null;
  readonly selected: string | undefined;
}

/** What happened, newest first, by day; older ones are fetched as the end comes near. */
export function EventList({ feed, armed, selected }: EventListProps) {
  if (feed.events.length === 0) return <NoEvents feed={feed} armed={armed} />;
  return (
    <div class="events">
      {byDay(feed.events, (event) => event.start_time, { now: new Date(), locale }).map((day) => (
        <section key={day.name} aria-label={day.name}>
          <h3>{day.name}</h3>
          <ul>
            {day.events.map((event) => <EventRow key={event.id} event={event} isSelected={event.id === selected} />)}
          </ul>
        </section>
      ))}
      {feed.more
        ? <Older status={feed.status} onLoad={feed.loadOlder} />
        : <p class="events-end">That is all so far.</p>}
    </div>
  );
}

function NoEvents({ feed, armed }: { readonly feed: EventFeed; readonly armed: boolean | null }) {
  if (feed.status === 'loading' && !feed.more) {
    return <div class="events" aria-busy="true" aria-label="Loading">{[1, 2, 3].map((n) =>
      <div key={n} class="event ghost-row"><span class="event-picture" /><span class="event-words" /></div>)}</div>;
  }
  if (feed.status === 'failed') {
    return <div class="empty"><OwlScene asleep /><strong>
      The events could not be loaded
    </strong><p>{feed.error}</p><button type="button" class="plain" onClick={feed.refresh}>Try again</button></div>;
  }
  if (feed.more)
    return <div class="empty"><OwlScene /><strong>
      Looking further back…
    </strong><Older status={feed.status} onLoad={feed.loadOlder} /></div>;
  const asked = filterInWords(feed.filter, locale);
  if (asked !== undefined) {
    return (
      <div class="empty">
        <OwlScene asleep />
        <strong>No such events</strong>
        <p>Nothing that is kept on the device is: {asked.charAt(0).toLowerCase()
          + asked.slice(1)}. Older events may have been deleted to make room.</p>
        <button type="button" class="plain" onClick={() => show({})}>Show all events</button>
      </div>
    );
  }
  return (
    <div class="empty">
      <OwlScene asleep={armed === false} />
      <strong>{armed === false ? 'No events while disarmed' : 'All quiet so far'}</strong>
      <p>{armed === false
        ? 'Arm the camera, and whatever moves in front of it appears here by itself.'
        : 'When something moves in front of the camera, Tyto records it, from a few seconds before. It appears here by itself, with a picture.'}</p>
    </div>
  );
}
