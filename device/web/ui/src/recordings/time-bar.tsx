import { useState } from 'preact/hooks';
import { readersLocale, timeInWords } from '../../../../ui/words.ts';
import { percentOf, type Span, type Stretch } from './pieces.ts';

const locale = readersLocale(navigator.languages);

export interface TimeBarProps {
  readonly label: string;
  readonly span: Span;
  readonly stretches: readonly Stretch[];
  /** When events were. */
  readonly events: readonly Span[];
  /** Hours or minutes that stand below, in Unix seconds. */
  readonly marks: readonly number[];
  readonly at: number;
  readonly onSeek: (at: number) => void;
}

/** A stretch of time with what is on record of it; a slider, so that fingers, mice and keys can go through it. */
export function TimeBar({ label, span, stretches, events, marks, at, onSeek }: TimeBarProps) {
  const [held, setHeld] = useState<number | undefined>(undefined);
  const place = ({ from, to }: Span) =>
    ({ left: `${percentOf(from, span)}%`, width: `${percentOf(to, span) - percentOf(from, span)}%` });
  const shown = held ?? Math.round(at);
  const inSpan = (one: Span): boolean => one.to > span.from && one.from < span.to;
  return (
    <div class="time-bar">
      <div class="time-track">
        {stretches.filter(inSpan)
          .map((stretch) =>
            <i key={`${stretch.look}-${stretch.from}`} class={`stretch ${stretch.look}`} style={place(stretch)} />)}
        {events.filter(inSpan).map((event) => <i key={event.from} class="stretch event-mark" style={place(event)} />)}
        <input
          type="range" aria-label={label} aria-valuetext={timeInWords(
            shown, locale,
          )} min={span.from} max={span.to} step={1} value={shown}
          onInput={({ currentTarget }) => setHeld(currentTarget.valueAsNumber)}
          onChange={({ currentTarget }) => { setHeld(undefined); onSeek(currentTarget.valueAsNumber); }}
        />
        <output class="time-now" style={{ left: `${percentOf(shown, span)}%` }} hidden={held === undefined}>
          {timeInWords(shown, locale)}
        </output>
      </div>
      <div class="time-marks" aria-hidden="true">
        {marks.map((mark) => <span key={mark} style={{ left: `${percentOf(mark, span)}%` }}>{markInWords(mark)}</span>)}
      </div>
    </div>
  );
}

const markInWords = (mark: number): string =>
  new Date(mark * 1000).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
