import { useEffect, useState } from 'preact/hooks';
import { dayOf, spanOf } from '../../../../ui/day.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { OwlScene } from '../../../../ui/parts/owl.tsx';
import { dayInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { nothingWords, type KnownOfDay, type NothingWords } from './nothing-words.ts';
import { isWithin, pieceAt, type Span } from './pieces.ts';
import { PiecePlayer, type Seek } from './piece-player.tsx';
import { TimeBar } from './time-bar.tsx';
import { useDay, usePieces } from './use-day.ts';

const locale = readersLocale(navigator.languages);
const HOUR = 3600;
/** Where it begins when no time is asked for: long enough ago to be on the disk. */
const JUST_NOW_S = 150;
const LOOK_EVERY_MS = 30_000;

/** A day of continuous recording, from midnight to midnight, to be gone through. */
export function RecordingsScreen({ start }: { readonly start: number | undefined }) {
  const [seek, setSeek] = useState<Seek>(() => ({ at: start ?? Date.now() / 1000 - JUST_NOW_S }));
  const [at, setAt] = useState(seek.at);
  const day = dayOf(at);
  const span = spanOf(day);
  const turn = useTurn(span.to * 1000 > Date.now());
  const hourStart = Math.floor(at / HOUR) * HOUR;
  const { stretches, events, error, isKnown } = useDay(span, turn);
  const loaded = usePieces(at, turn);
  const go = (to: number): void => {
    setAt(to);
    setSeek({ at: to });
    history.replaceState(null, '', `/recordings?at=${Math.round(to)}`);
  };
  const step = (days: number): void => {
    const moved = new Date(at * 1000);
    moved.setDate(moved.getDate() + days);
    go(Math.min(moved.getTime() / 1000, Date.now() / 1000 - JUST_NOW_S));
  };
  const isMissing = isKnown && isWithin(seek.at, loaded.span) && pieceAt(loaded.pieces, seek.at) === undefined;
  const nothing = isMissing
    ? nothingOf(seek.at, loaded.error, { pieces: loaded.pieces, stretches, events }) : undefined;
  const event = events.find(({ from, to }) => at >= from - 1 && at <= to + 1)?.id ?? nothing?.event;
  const bars = { stretches, events, at, onSeek: go };
  return (
    <article class="detail" aria-label="Recordings">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
        <span class="spacer" />
        <button type="button" class="plain round" aria-label="The day before" title="The day before" onClick={() =>
          step(-1)}><Icon name="left" /></button>
        <input class="day-input" type="date" aria-label="Day" value={day} max={dayOf(Date.now() / 1000)} onChange={({
          currentTarget: { value },
        }) => { if (value !== '') go(spanOf(value).from + (at - span.from)); }} />
        <button type="button" class="plain round" aria-label="The day after" title="The day after" disabled={span.to
          * 1000 > Date.now()} onClick={() => step(1)}><Icon name="right" /></button>
      </nav>
      {nothing === undefined ? <PiecePlayer loaded={loaded} seek={seek} onTime={setAt} /> : <Nothing {...nothing} />}
      <header class="recordings-head">
        <h2>{timeInWords(at, locale)}</h2>
        <p>{dayInWords(at, new Date(), locale)}</p>
        {event === undefined ? null
          : <button type="button" class="plain" onClick={() => navigate(`/events/${event}`)}>Open the event</button>}
      </header>
      <p class="error places-error" role="alert">{error}</p>
      <div class="time-bars">
        <TimeBar label="Time of the hour" span={{
          from: hourStart, to: hourStart + HOUR,
        }} marks={marksOf({ from: hourStart, to: hourStart + HOUR }, 900)} {...bars} />
        <TimeBar label="Time of the day" span={span} marks={marksOf(span, 6 * HOUR)} {...bars} />
        <p class="time-key"><i class="stretch kept" />kept<i
          class="stretch event-mark"
        />event<i class="stretch gone" />deleted since<i class="stretch lost" />missing</p>
      </div>
    </article>
  );
}

/** Another number every so often while what is shown `grows`. */
function useTurn(grows: boolean): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!grows) return undefined;
    const timer = setInterval(() => setTurn((last) => last + 1), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [grows]);
  return turn;
}

const nothingOf = (at: number, error: string, known: KnownOfDay): NothingWords =>
  (error === '' ? nothingWords(at, timeInWords(at, locale), known)
    : { title: 'What was recorded could not be loaded', text: error, event: undefined });

/** Where a picture would be. */
function Nothing({ title, text }: NothingWords) {
  return (
    <div class="stage-picture recordings-picture nothing">
      <OwlScene asleep />
      <strong>{title}</strong>
      <span>{text}</span>
    </div>
  );
}

const marksOf = ({ from, to }: Span, every: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => from + index * every);
