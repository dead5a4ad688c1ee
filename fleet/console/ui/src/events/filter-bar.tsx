import { useEffect, useState } from 'preact/hooks';
import { navigate } from '../../../../../device/ui/navigation.ts';
import { Choice, DayField, Filter, KindChoices, OneOf } from '../../../../../device/ui/parts/filter.tsx';
import { readersLocale } from '../../../../../device/ui/words.ts';
import { listPath } from '../route.ts';
import { server } from '../server.ts';
import { filterInWords, type EventFilter, type FilterChange } from './event-filter.ts';
import { ForgetPerson } from './forget-person.tsx';

const locale = readersLocale(navigator.languages);

export interface FilterBarProps {
  readonly filter: EventFilter;
  /** By name. */
  readonly devices: readonly string[];
}

/** Which events the list shows: put in the address, so that it can be shared and gone back from. */
export function FilterBar({ filter, devices }: FilterBarProps) {
  return (
    <Filter words={filterInWords(filter, locale)} onClear={() => showAllOf(filter.device)}>
      <Choices filter={filter} devices={devices} />
    </Filter>
  );
}

/** All events of a device, or of all. */
export const showAllOf = (device: string | undefined): void => navigate(listPath({ device }));

function Choices({ filter, devices }: FilterBarProps) {
  const [people, setPeople] = useState<readonly string[]>([]);
  useEffect(() => { server.people().then((known) => setPeople(known.people), () => {}); }, [filter.person]);
  const change = (what: FilterChange): void => navigate(listPath({ ...filter, ...what }));
  return (
    <>
      <div class="filter-row">
        <DayField value={filter.day} onChange={(day) => change({ day })} />
        <OneOf label="Device" value={filter.device} options={devices} onChange={(device) => change({ device })} />
        <OneOf label="Who was recognised" value={filter.person} options={people} onChange={(person) =>
          change({ person })} />
      </div>
      <KindChoices value={filter.kind} more={['continuous']} onChange={(kind) => change({ kind })} />
      <fieldset class="choices" aria-label="What became of it">
        <Choice label="With a clip" on={filter.clip === true} onFlip={() =>
          change({ clip: filter.clip === true ? undefined : true })} />
      </fieldset>
      {filter.person === undefined ? null : (
        <ForgetPerson name={filter.person} device={filter.device} onForgotten={() => change({ person: undefined })} />
      )}
    </>
  );
}
