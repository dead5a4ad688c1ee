import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FleetEventDetailView, FleetEventView } from '../../../../../device/contract/fleet-api.ts';
import { withFoundFaces } from '../../../../../device/contract/fleet-findings.ts';
import { navigate } from '../../../../../device/ui/navigation.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { findings, headline } from '../../../../../device/ui/event-words.ts';
import { dayInWords, durationInWords, readersLocale, timeInWords } from '../../../../../device/ui/words.ts';
import { eventPath, listPath, type Route } from '../route.ts';
import { GetClip } from '../requests/get-clip.tsx';
import { server } from '../server.ts';
import { damageInWords, sizeInWords } from '../words.ts';
import type { EventFilter } from './event-filter.ts';
import { CopyTo } from './copy-to.tsx';
import { LinkedClip } from './linked-clip.tsx';

const locale = readersLocale(navigator.languages);

export interface EventPlayerProps {
  readonly open: NonNullable<Route['open']>;
  /** Of the list behind. */
  readonly filter: EventFilter;
  /** The list behind, newest first. */
  readonly events: readonly FleetEventView[];
  /** Another text whenever something became of a request for footage. */
  readonly requestsRevision: string | undefined;
}

/** One event on top of the list: its clip, what is known of it, and the way to its neighbours. */
export function EventPlayer({ open, filter, events, requestsRevision }: EventPlayerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [view, setView] = useState<FleetEventDetailView | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const known = view ?? events.find(({ event }) => event.id === open.id && event.device === open.device);
  const load = (): void => {
    server.event(open.device, open.id).then(setView, (refused: unknown) => setError(inWords(refused)));
  };
  useEffect(() => {
    dialog.current?.showModal();
    load(); // always: the links of the list may be dead by now
  }, []);
  const at = events.findIndex(({ event }) => event.id === open.id && event.device === open.device);
  const step = (by: number): (() => void) | undefined => {
    const to = at < 0 ? undefined : events[at + by]?.event;
    return to === undefined ? undefined : () => navigate(eventPath(to, filter));
  };
  const [newer, older] = [step(-1), step(1)];
  useArrowKeys(newer, older);
  useCloseBeside(dialog);
  return (
    <dialog ref={dialog} class="player" aria-label="Event" onClose={() => navigate(listPath(filter))}>
      <div class="player-box" style={{ '--shape': String(shapeOf(known)) }}>
        <header class="player-head">
          <div class="player-title">
            <h2>{open.device}</h2>
            <p>
              {known === undefined
                ? ' '
                : `${dayInWords(known.event.start_time, new Date(), locale)}, `
                  + timeInWords(known.event.start_time, locale)}
            </p>
          </div>
          <Step to={newer} icon="left" label="Newer event" />
          <Step to={older} icon="right" label="Older event" />
          <button
            type="button"
            class="plain round"
            aria-label="Close"
            title="Close"
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        <Media view={view} known={known} error={error} />
        {view !== undefined && view.links.clip === null && view.held.some(({ role }) => role === 'clip') ? (
          <GetClip view={view} revision={requestsRevision} onArrived={load} />
        ) : null}
        {known === undefined ? null : <Facts view={view ?? known} missing={view?.missing ?? false} />}
        {view === undefined || view.missing ? null : <CopyTo device={open.device} id={open.id} />}
      </div>
    </dialog>
  );
}

/** Left is newer and right is older, as in the list; on the clip itself the keys are the player's own. */
function useArrowKeys(newer: (() => void) | undefined, older: (() => void) | undefined): void {
  useEffect(() => {
    const onKey = (press: KeyboardEvent): void => {
      if (press.target instanceof HTMLVideoElement || press.altKey || press.ctrlKey || press.metaKey) return;
      const go = press.key === 'ArrowLeft' ? newer : press.key === 'ArrowRight' ? older : undefined;
      if (go === undefined) return;
      press.preventDefault();
      go();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}

/** A click beside the box is a click on the dialog itself; the keyboard has Escape. */
function useCloseBeside(dialog: RefObject<HTMLDialogElement | null>): void {
  useEffect(() => {
    const { current } = dialog;
    const onClick = (click: MouseEvent): void => { if (click.target === current) current?.close(); };
    current?.addEventListener('click', onClick);
    return () => current?.removeEventListener('click', onClick);
  }, []);
}

/** Width by height of the clip; of most cameras where there is none. */
const shapeOf = (view: FleetEventView | undefined): number =>
  view?.event.clip ? view.event.clip.width / view.event.clip.height : 16 / 9;

function Media({
  view,
  known,
  error,
}: {
  readonly view: FleetEventDetailView | undefined;
  readonly known: FleetEventView | undefined;
  readonly error: string | undefined;
}) {
  const shape = { aspectRatio: String(shapeOf(known)) };
  if (error !== undefined)
    return (
      <p class="stage stage-words" style={shape} role="alert">
        {error}
      </p>
    );
  if (view === undefined) return <div class="stage" style={shape} aria-busy="true" />;
  if (view.missing)
    return (
      <p class="stage stage-words" style={shape} role="alert">
        The files of this event are not in the library: they were removed, or filed into another one.
      </p>
    );
  if (view.links.clip !== null)
    return (
      <div class="stage" style={shape}>
        <LinkedClip view={view} />
      </div>
    );
  if (view.links.picture !== null)
    return (
      <div class="stage" style={shape}>
        <img src={view.links.picture} alt="The best moment of this event" />
      </div>
    );
  return (
    <p class="stage stage-words" style={shape}>
      This event came without clip and picture.
    </p>
  );
}

function Facts({
  view: { event, found_faces: found, links, damage, sealed }, missing,
}: { readonly view: FleetEventView; readonly missing: boolean }) {
  const facts = [
    headline(withFoundFaces(event, found)),
    ...findings(withFoundFaces(event, found)),
    event.end_time === null ? undefined : `lasted ${durationInWords(event.end_time - event.start_time)}`,
    event.clip === null ? undefined : `${event.clip.width} × ${event.clip.height}, ${sizeInWords(event.clip.bytes)}`,
    damage === null ? undefined : damageInWords(damage),
    sealed
      ? 'encrypted, and filed without being looked into: TYTO_FLEET_KEY_FILE names the file with the key'
      : undefined,
    event.clock === 'unsynced' ? 'the device\'s clock was not set: the time is not certain' : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <footer class="player-foot">
      <p>{facts.join(' · ')}</p>
      <div class="player-buttons">
        {links.clip === null || missing ? null : <Save event={event} what="clip" />}
        {links.picture === null || missing ? null : <Save event={event} what="picture" />}
      </div>
    </footer>
  );
}

/** Asks for a fresh link first: the one at hand may be dead. */
function Save({ event, what }: { readonly event: FleetEventView['event']; readonly what: 'clip' | 'picture' }) {
  const [failed, setFailed] = useState(false);
  const save = async (): Promise<void> => {
    try {
      const { links } = await server.event(event.device, event.id);
      const file = what === 'clip' ? event.clip : event.snapshot;
      Object.assign(document.createElement('a'), { href: links[what] ?? '', download: file?.name ?? '' }).click();
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return (
    <button type="button" class="plain" onClick={() => void save()}>
      <Icon name={what === 'clip' ? 'download' : 'picture'} />
      {failed ? 'Not saved. Try again' : what === 'clip' ? 'Save clip' : 'Save picture'}
    </button>
  );
}

function Step({
  to,
  icon,
  label,
}: {
  readonly to: (() => void) | undefined;
  readonly icon: 'left' | 'right';
  readonly label: string;
}) {
  return (
    <button type="button" class="plain round" aria-label={label} title={label} disabled={to === undefined} onClick={to}>
      <Icon name={icon} />
    </button>
  );
}
