import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { KeptEvent } from '../../../../contract/device-api.ts';
import type { TytoEvent } from '../../../../contract/event.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { findings, headline } from '../../../../ui/event-words.ts';
import { dayInWords, durationInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { NameFaces } from '../people/name-faces.tsx';
import { beside, eventPath } from '../route.ts';
import { server } from '../server.ts';
import { ClipPlayer } from './clip-player.tsx';
import { EventPaths, hasPaths } from './event-paths.tsx';
import { pictureOf } from './event-row.tsx';

const locale = readersLocale(navigator.languages);

export interface EventDetailProps {
  readonly id: string;
  /** What is known already, newest first. */
  readonly events: readonly TytoEvent[];
  /** Whether there is continuous recording to be looked at around it. */
  readonly hasContinuous: boolean;
  /** A face of it was named. */
  readonly onNamed: (event: KeptEvent) => void;
  /** What else can be done with it. */
  readonly children: ComponentChildren;
}

/** One event: its clip, to be played and sought in, and what is known of it. */
export function EventDetail({ id, events, hasContinuous, onNamed, children }: EventDetailProps) {
  const known = events.find((event) => event.id === id);
  const [fetched, setFetched] = useState<TytoEvent | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    setError(undefined);
    if (known !== undefined) return;
    server.event(id).then(setFetched, (refused: unknown) => setError(inWords(refused)));
  }, [id, known === undefined]);
  const event = known ?? (fetched?.id === id ? fetched : undefined);
  const at = events.findIndex((other) => other.id === id);
  const [newer, older] = at < 0 ? [] : [events[at - 1], events[at + 1]];
  useArrowKeys(newer, older);
  return (
    <article class="detail" aria-label="Event">
      <nav class="detail-nav" aria-label="Events">
        <button type="button" class="plain" onClick={() => navigate(beside('/'))}><Icon name="left" />Live</button>
        <span class="spacer" />
        <Step to={newer} icon="up" label="Newer event" />
        <Step to={older} icon="down" label="Older event" />
      </nav>
      {event === undefined
        ? <output class="detail-missing">{error ?? 'Loading…'}</output>
        : <Facts event={event} hasContinuous={hasContinuous} onNamed={(named) => {
          setFetched(named);
          onNamed(named);
        }}>{children}</Facts>}
    </article>
  );
}

function Facts(
  { event, hasContinuous, onNamed, children }: Omit<EventDetailProps, 'id' | 'events'> & { readonly event: TytoEvent },
) {
  const [showsPaths, setShowsPaths] = useState(false);
  const paths = showsPaths ? <EventPaths event={event} /> : null;
  const clip = `/api/events/${event.id}/clip.mp4`;
  const lasts = event.end_time === null ? 'still going on' : durationInWords(event.end_time - event.start_time);
  return (
    <>
      {event.has_clip || event.end_time === null
        ? <ClipPlayer key={event.id} event={event} source={clip}>{paths}</ClipPlayer>
        : <BestMoment event={event}>{paths}</BestMoment>}
      <div class="detail-foot">
        <header class="detail-head">
          <h2>{headline(event)}</h2>
          <p>
            {dayInWords(event.start_time, new Date(), locale)}, {timeInWords(event.start_time, locale)} · {lasts}
            {event.clock === 'unsynced' ? ' · the clock was not set yet, so the time is not certain' : ''}
          </p>
          {findings(event).map((line) => <p key={line}>{line}</p>)}
        </header>
        <NameFaces key={event.id} event={event} onNamed={onNamed} />
        <div class="detail-buttons">
          {hasPaths(event) ? <button type="button" class="plain" aria-pressed={showsPaths} onClick={() =>
            setShowsPaths(!showsPaths)}><Icon name="path" />Paths</button> : null}
          {hasContinuous
            ? <button type="button" class="plain" onClick={() =>
              navigate(`/recordings?at=${Math.floor(event.start_time) - 15}`)}><Icon name="camera" />Around it</button>
            : null}
          {event.has_clip ? <a class="plain" href={clip} download><Icon name="download" />Save clip</a> : null}
          {event.has_snapshot
            ? <a class="plain" href={pictureOf(event)} download><Icon name="picture" />Save picture</a>
            : null}
          {children}
        </div>
      </div>
    </>
  );
}

interface ShownProps {
  readonly event: TytoEvent;
  /** What lies over the picture. */
  readonly children: ComponentChildren;
}

function BestMoment({ event, children }: ShownProps) {
  if (!event.has_snapshot) return null;
  return <figure class="stage-picture">
    <img class="still" src={pictureOf(event)} alt="The best moment of this event" />
    {children}
  </figure>;
}

function Step({
  to, icon, label,
}: { readonly to: TytoEvent | undefined; readonly icon: 'up' | 'down'; readonly label: string }) {
  return (
    <button type="button" class="plain round" aria-label={label} title={label}
      disabled={to === undefined} onClick={() => {
      if (to !== undefined) navigate(eventPath(to.id));
    }}>
      <Icon name={icon} />
    </button>
  );
}

/**
 * Up and down go through the list as it stands; Escape leaves. Left and right are the player's own, and what stands
 * open in front of the event has all keys.
 */
function useArrowKeys(newer: TytoEvent | undefined, older: TytoEvent | undefined): void {
  useEffect(() => {
    const onKey = (press: KeyboardEvent): void => {
      if (press.target instanceof HTMLInputElement
        || press.target instanceof HTMLSelectElement
        || press.target instanceof HTMLVideoElement
        || press.altKey
        || press.ctrlKey
        || press.metaKey
        || document.querySelector('dialog[open], :popover-open') !== null) return;
      if (press.key === 'Escape') return navigate(beside('/'));
      const to = press.key === 'ArrowUp' ? newer : press.key === 'ArrowDown' ? older : undefined;
      if (to === undefined) return;
      press.preventDefault();
      navigate(eventPath(to.id));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}
