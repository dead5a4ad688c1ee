import { useEffect, useState } from 'preact/hooks';
import { navigate } from '../../../../ui/navigation.ts';
import { Choice, DayField, Filter, KindChoices, OneOf } from '../../../../ui/parts/filter.tsx';
import { readersLocale } from '../../../../ui/words.ts';
import { server } from '../server.ts';
import { changedFilter, filterInWords, writeFilter, type EventFilter } from './event-filter.ts';

const locale = readersLocale(navigator.languages);

/** Which events the list shows: put in the address, so that it can be shared and gone back from. */
export function FilterBar({ filter }: { readonly filter: EventFilter }) {
  return (
    <Filter words={filterInWords(filter, locale)} onClear={() => show({})}><Choices filter={filter} /></Filter>
  );
}

export const show = (filter: EventFilter): void => navigate(location.pathname + writeFilter(filter));

function Choices({ filter }: { readonly filter: EventFilter }) {
  const [zones, setZones] = useState<readonly string[]>([]);
  useEffect(() => { server.places().then((places) => setZones(places.zones.map(({ name }) => name)), () => {}); }, []);
  const change = (what: Parameters<typeof changedFilter>[1]): void => show(changedFilter(filter, what));
  const flip = (what: 'starred' | 'clip'): void => change({ [what]: filter[what] === true ? undefined : true });
  return (
    <>
      <div class="filter-row">
        <DayField value={filter.day} onChange={(day) => change({ day })} />
        <OneOf label="Zone" value={filter.zone} options={zones} onChange={(zone) => change({ zone })} />
      </div>
      <KindChoices value={filter.kind} onChange={(kind) => change({ kind })} />
      <fieldset class="choices" aria-label="What became of it">
        <Choice label="Starred" on={filter.starred === true} onFlip={() => flip('starred')} />
        <Choice label="With a clip" on={filter.clip === true} onFlip={() => flip('clip')} />
      </fieldset>
    </>
  );
}
