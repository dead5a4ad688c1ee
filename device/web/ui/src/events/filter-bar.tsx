import { useEffect, useState } from 'preact/hooks';
import type { EventKind } from '../../../../contract/event.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { kindsInWords, readersLocale } from '../../../../ui/words.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { server } from '../server.ts';
import { changedFilter, filterInWords, writeFilter, type EventFilter } from './event-filter.ts';

const locale = readersLocale(navigator.languages);
/** What is looked for most stands first. */
const KINDS: readonly EventKind[] = [
  'person', 'vehicle', 'animal', 'face', 'motion', 'manual', 'external', 'covered', 'defocused', 'moved',
  'blinded', 'frozen',
];

/** Which events the list shows: put in the address, so that it can be shared and gone back from. */
export function FilterBar({ filter }: { readonly filter: EventFilter }) {
  const [open, setOpen] = useState(false);
  const words = filterInWords(filter, locale);
  return (
    <div class="filter">
      <div class="filter-head">
        <button type="button" class="plain" aria-expanded={open} aria-controls="filter" onClick={() => setOpen(!open)}>
          <Icon name="filter" />
          Filter
        </button>
        {words === undefined ? null : <span class="filter-words">{words}</span>}
        {words === undefined ? null
          : <button type="button" class="plain round" aria-label="Show all events" title="Show all events"
            onClick={() => show({})}>
            <Icon name="close" />
          </button>}
      </div>
      {open ? <Choices filter={filter} /> : null}
    </div>
  );
}

export const show = (filter: EventFilter): void => navigate(location.pathname + writeFilter(filter));

function Choices({ filter }: { readonly filter: EventFilter }) {
  const [zones, setZones] = useState<readonly string[]>([]);
  useEffect(() => { server.places().then((places) => setZones(places.zones.map(({ name }) => name)), () => {}); }, []);
  const change = (what: Parameters<typeof changedFilter>[1]): void => show(changedFilter(filter, what));
  const chip = (label: string, on: boolean, flip: () => void) => (
    <button type="button" key={label} class="choice" aria-pressed={on} onClick={flip}>{label}</button>
  );
  const known = filter.zone === undefined || zones.includes(filter.zone) ? zones : [...zones, filter.zone];
  return (
    <div id="filter" class="filter-choices">
      <div class="filter-row">
        <label class="filter-field">Day<input type="date" value={filter.day ?? ''} onChange={({ currentTarget }) =>
          change({ day: currentTarget.value || undefined })} /></label>
        {known.length === 0 ? null : (
          <label class="filter-field">Zone
            <select value={filter.zone ?? ''} onChange={({ currentTarget }) =>
              change({ zone: currentTarget.value || undefined })}>
              <option value="">Any</option>
              {known.map((zone) => <option key={zone} value={zone}>{zone}</option>)}
            </select>
          </label>
        )}
      </div>
      <fieldset class="choices" aria-label="What it was">
        {KINDS.map((kind) =>
          chip(kindsInWords([kind]), filter.kind === kind, () =>
            change({ kind: filter.kind === kind ? undefined : kind })))}
      </fieldset>
      <fieldset class="choices" aria-label="What became of it">
        {chip('Starred', filter.starred === true, () =>
          change({ starred: filter.starred === true ? undefined : true }))}
        {chip('With a clip', filter.clip === true, () => change({ clip: filter.clip === true ? undefined : true }))}
      </fieldset>
    </div>
  );
}
