import { useEffect, useState } from 'preact/hooks';
import { NoPage } from '../../../../ui/parts/no-page.tsx';
import { ChangePassword } from '../../../../ui/sign-in/change-password.tsx';
import { ArmSwitch } from '../device/arm-switch.tsx';
import { StatusLine } from '../device/status-line.tsx';
import { Unlock } from '../device/unlock.tsx';
import { useDevice } from '../device/use-device.ts';
import { Details } from '../device/details.tsx';
import { LedgerLine } from '../device/ledger-line.tsx';
import { EventDetail } from '../events/event-detail.tsx';
import { EventKeep } from '../events/event-keep.tsx';
import { EventList } from '../events/event-list.tsx';
import { FilterBar } from '../events/filter-bar.tsx';
import { useEvents } from '../events/use-events.ts';
import { KeysScreen } from '../keys/keys-screen.tsx';
import type { EarlyLive } from '../live/early-live.ts';
import { LiveView } from '../live/live-view.tsx';
import { OutputsScreen } from '../outputs/outputs-screen.tsx';
import { UploadsLine } from '../uploads/uploads-line.tsx';
import { UploadsScreen } from '../uploads/uploads-screen.tsx';
import { useToast } from '../parts/toast.tsx';
import { PeopleScreen } from '../people/people-screen.tsx';
import { PlacesScreen } from '../places/places-screen.tsx';
import { FilmsScreen } from '../recordings/films-screen.tsx';
import { RecordingsScreen } from '../recordings/recordings-screen.tsx';
import { useMoment, useScreen, useSearch, useSelectedEvent } from '../route.ts';
import { server } from '../server.ts';
import { TopBar } from './top-bar.tsx';

/** The owner's page: what is seen now, or one event, and beside it all that happened. */
export function Home({
  early, onSignedOut,
}: { readonly early: EarlyLive | undefined; readonly onSignedOut: () => void }) {
  const feed = useEvents(useSearch());
  const { state, connected } = useDevice({
    onEvent: ({ after }) => feed.put(after), onBack: feed.refresh, onSignedOut,
  });
  const screen = useScreen();
  const moment = useMoment();
  const selected = useSelectedEvent();
  const [changing, setChanging] = useState(false);
  const [showToast, toast] = useToast();
  const recording = state?.camera?.recording === true;
  useEffect(() => {
    document.title = `${recording ? '● ' : ''}${state?.device ?? 'Tyto'}${recording ? ' is recording' : ''}`;
  }, [recording, state?.device]);
  useEffect(() => { if (screen !== 'live') scrollTo({ top: 0 }); }, [screen, selected]);
  return (
    <div class="home" data-view={screen}>
      <TopBar device={state?.device} version={state?.version} onChangePassword={() =>
        setChanging(true)} onSignedOut={onSignedOut} />
      {connected ? null : <p class="banner" role="alert">The device cannot be reached. Trying again…</p>}
      <Unlock connected={connected} />
      <main class="columns">
        <div class="stage">
          {screen === 'live'
            ? <LiveView
              state={state} connected={connected} early={early} onSignedOut={onSignedOut} onToast={showToast}
            />
            : null}
          {screen === 'nowhere' ? <NoPage home="the live picture" /> : null}
          {screen === 'places' ? <PlacesScreen camera={state?.camera ?? null} onToast={showToast} /> : null}
          {screen === 'people' ? <PeopleScreen onToast={showToast} onRenamed={feed.renew} /> : null}
          {screen === 'recordings' ? <RecordingsScreen key={moment} start={moment} /> : null}
          {screen === 'films' ? <FilmsScreen /> : null}
          {screen === 'outputs' ? <OutputsScreen onToast={showToast} /> : null}
          {screen === 'uploads' ? <UploadsScreen onToast={showToast} /> : null}
          {screen === 'keys' ? <KeysScreen onToast={showToast} /> : null}
          {selected === undefined ? null
            : <EventDetail
              id={selected} events={feed.events} hasContinuous={(state?.storage?.used.continuous ?? 0) > 0}
              onNamed={feed.put}
            >
              <EventKeep
                id={selected} events={feed.events} onChanged={feed.put} onDeleted={feed.forget} onToast={showToast}
              />
            </EventDetail>}
          <div class="stage-foot">
            <StatusLine state={state} connected={connected} besidePicture={screen === 'live'} />
            <ArmSwitch armed={state?.armed ?? null} arming={state?.arming
              ?? null} camera={state?.camera ?? null} isReachable={connected} onToast={showToast} />
            <Details state={state} />
          </div>
        </div>
        <section class="side" aria-labelledby="events-title">
          <h2 id="events-title">Events</h2>
          <LedgerLine state={state} connected={connected} />
          {screen === 'uploads' ? null : <UploadsLine />}
          <FilterBar filter={feed.filter} />
          <EventList feed={feed} armed={state?.armed ?? null} selected={selected} />
        </section>
      </main>
      {changing
        ? <ChangePassword server={server} onClose={(changed) => {
          setChanging(false);
          if (changed) showToast({ tone: 'good', text: 'The password is changed.' });
        }} />
        : null}
      {toast}
    </div>
  );
}
