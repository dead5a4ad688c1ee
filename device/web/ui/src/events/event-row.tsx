import { useEffect, useRef, useState } from 'preact/hooks';
import type { TytoEvent } from '../../../../contract/event.ts';
import { headline } from '../../../../ui/event-words.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { durationInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { NoPicture, PatientPicture } from '../parts/patient-picture.tsx';
import { eventPath } from '../route.ts';
import type { PageEvent } from './merge-events.ts';

const locale = readersLocale(navigator.languages);
/** A pointer that only passes by, or a finger that scrolls, plays nothing. */
const REST_MS = 150;

/** One event of the list. Its preview plays while a pointer or a finger rests on it, or the keyboard has reached it. */
export function EventRow({ event, isSelected }: { readonly event: PageEvent; readonly isSelected: boolean }) {
  const running = event.end_time === null;
  const [touched, setTouched] = useState(false);
  const rested = useRested(touched);
  return (
    <li>
      <a
        class="event" href={eventPath(event.id)} aria-current={isSelected ? 'true' : undefined}
        onPointerEnter={() => setTouched(true)} onPointerLeave={() =>
          setTouched(false)} onPointerCancel={() => setTouched(false)}
        onFocus={() => setTouched(true)} onBlur={() => setTouched(false)}
        onClick={(click) => {
          if (!click.ctrlKey && !click.metaKey && !click.shiftKey) {
            click.preventDefault();
            navigate(eventPath(event.id));
          }
        }}
      >
        <span class="event-picture">
          {event.has_snapshot ? <PatientPicture source={smallPictureOf(event)} /> : <NoPicture />}
          {rested && event.preview !== undefined
            ? <video
              class="event-preview" src={`/api/events/${event.id}/preview.mp4`} muted autoPlay loop playsInline
              aria-hidden="true"
            />
            : null}
        </span>
        <span class="event-words">
          <span class="event-time">
            {timeInWords(event.start_time, locale)}
            {event.end_time === null ? null
              : <span class="event-length">{durationInWords(event.end_time - event.start_time)}</span>}
          </span>
          <span class="event-kinds">{headline(event)}</span>
          {running ? <span class="event-now"><i class="dot" />happening now</span> : null}
          {event.starred === true ? <span class="event-star"><Icon name="starred" />Starred</span> : null}
          {event.clock === 'unsynced'
            ? <span class="event-note" title="The device's clock was not set when this began">time not certain</span>
            : null}
        </span>
      </a>
    </li>
  );
}

/** The best moment changes while an event runs: a new moment is a new address. */
export const pictureOf = ({ id, frame_time: moment }: TytoEvent): string =>
  `/api/events/${id}/snapshot.jpg?at=${moment}`;

const smallPictureOf = (event: TytoEvent): string =>
  (event.thumbnail === undefined ? pictureOf(event) : `/api/events/${event.id}/thumbnail.jpg`);

/** True a moment after `touched` became true; never for who wants no moving pictures. */
function useRested(touched: boolean): boolean {
  const [rested, setRested] = useState(false);
  const still = useRef(matchMedia('(prefers-reduced-motion: reduce)'));
  useEffect(() => {
    if (!touched || still.current.matches) return setRested(false);
    const timer = setTimeout(() => setRested(true), REST_MS);
    return () => clearTimeout(timer);
  }, [touched]);
  return rested;
}
