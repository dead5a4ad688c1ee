/** What a list of events is narrowed with, on every page alike. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { EventKind } from '../../contract/event.ts';
import { kindsInWords } from '../words.ts';
import { Icon } from './icon.tsx';

export interface FilterProps {
  /** What the list is narrowed to; undefined where it shows all. */
  readonly words: string | undefined;
  readonly onClear: () => void;
  /** What can be chosen. */
  readonly children: ComponentChildren;
}

/** A button that opens the choices, and beside it what is chosen. */
export function Filter({ words, onClear, children }: FilterProps) {
  const [open, setOpen] = useState(false);
  return (
    <div class="filter">
      <div class="filter-head">
        <button type="button" class="plain" aria-expanded={open} aria-controls="filter" onClick={() => setOpen(!open)}>
          <Icon name="filter" />
          Filter
        </button>
        {words === undefined ? null : <span class="filter-words">{words}</span>}
        {words === undefined ? null : (
          <button
            type="button" class="plain round" aria-label="Show all events" title="Show all events" onClick={onClear}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      {open ? <div id="filter" class="filter-choices">{children}</div> : null}
    </div>
  );
}

/** `value` is empty, and given as undefined, for any day. */
export function DayField({ value, onChange }: {
  readonly value: string | undefined; readonly onChange: (day: string | undefined) => void;
}) {
  return (
    <label class="filter-field">Day<input type="date" value={value ?? ''} onChange={({ currentTarget }) =>
      onChange(currentTarget.value || undefined)} /></label>
  );
}

/** One of `options`, or any: then `onChange` is told undefined. What is chosen is offered, whatever the options are. */
export function OneOf({ label, value, options, onChange }: {
  readonly label: string; readonly value: string | undefined; readonly options: readonly string[];
  readonly onChange: (chosen: string | undefined) => void;
}) {
  const all = value === undefined || options.includes(value) ? options : [...options, value];
  if (all.length === 0) return null;
  return (
    <label class="filter-field">{label}
      <select value={value ?? ''} onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}>
        <option value="">Any</option>
        {all.map((option) => <option key={option} value={option}>{option}</option>)}
      </select>
    </label>
  );
}

export function Choice({ label, on, onFlip }: {
  readonly label: string; readonly on: boolean; readonly onFlip: () => void;
}) {
  return <button type="button" class="choice" aria-pressed={on} onClick={onFlip}>{label}</button>;
}

/** What is looked for most stands first. */
const KINDS: readonly EventKind[] = [
  'person', 'vehicle', 'animal', 'face', 'motion', 'manual', 'external', 'covered', 'defocused', 'moved',
  'blinded', 'frozen',
];

/** @param more - Kinds that this page offers besides. */
export function KindChoices({ value, more = [], onChange }: {
  readonly value: EventKind | undefined; readonly more?: readonly EventKind[];
  readonly onChange: (kind: EventKind | undefined) => void;
}) {
  return (
    <fieldset class="choices" aria-label="What it was">
      {[...KINDS, ...more].map((kind) => (
        <Choice
          key={kind} label={kindsInWords([kind])} on={value === kind}
          onFlip={() => onChange(value === kind ? undefined : kind)}
        />
      ))}
    </fieldset>
  );
}
