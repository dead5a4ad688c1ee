import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlacesView } from '../../../../contract/device-api.ts';
import type { PlaceKind } from '../../../../contract/place-kinds.ts';
import { complaintAboutShape } from '../../../../contract/place-shape.ts';
import type { Places, Seeing } from '../../../../contract/places.ts';
import type { CameraState } from '../../../../contract/topics.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { isUnmasked } from '../device/status-notes.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';
import { Canvas } from './canvas.tsx';
import {
  added, changed, changesIn, complaintAbout, complaintAboutName, MOST_PLACES, placeAt, removed, withPoints,
  type PlaceRef,
} from './drawing.ts';
import { PlaceFields } from './place-fields.tsx';
import { Sensitivity } from './sensitivity.tsx';

const GROUPS: readonly {
  readonly kind: PlaceKind;
  readonly title: string;
  readonly add: string;
  readonly none: string;
}[] = [
  { kind: 'zones', title: 'Zones', add: 'Add a zone', none: 'None: motion counts in the whole picture.' },
  { kind: 'lines', title: 'Counting lines', add: 'Add a line', none: 'None: nobody is counted.' },
  { kind: 'privacy_masks', title: 'Privacy masks', add: 'Add a mask', none: 'None: everything may be seen.' },
];

const BEGINS_ANEW =
  'Saving other masks connects the camera anew: an event under way ends, and a few seconds are not recorded.';

const SENSITIVITY_HINT =
  'Further left when it alarms at nothing, further right when it misses somebody. A zone may have its own instead.';
const MANAGED = 'Managed by the fleet: it cannot be changed here.';

const seeingIn = ({ zones, lines, privacy_masks, sensitivity }: PlacesView): Seeing =>
  ({ zones, lines, privacy_masks, sensitivity });

/** Where motion counts and how much of it, where people are counted, what nobody may see: on the camera's picture. */
export function PlacesScreen({ camera, onToast }: {
  readonly camera: CameraState | null; readonly onToast: (toast: Toast) => void;
}) {
  const leaving = useRef<HTMLDialogElement>(null);
  const [stored, setStored] = useState<PlacesView | undefined>(undefined);
  const [draft, setDraft] = useState<Seeing | undefined>(undefined);
  const [selected, setSelected] = useState<PlaceRef | undefined>(undefined);
  const [error, setError] = useState('');
  const [saving, setSaving] = useState(false);
  /** @param sent - What was stored so; what was drawn since stays. */
  const take = (view: PlacesView, sent?: Seeing): void => {
    setStored(view);
    setDraft((now) => ({ ...seeingIn(view), ...(now && sent && changesIn(now, sent)) }));
  };
  useEffect(() => { server.places().then(take, (refused: unknown) => setError(inWords(refused))); }, []);
  useEffect(() => setError(''), [draft]); // what was said of another drawing
  const redrawn = (places: Places): void => setDraft((before) => before && { ...before, ...places });
  const place = draft && selected && placeAt(draft, selected);
  const changes = draft === undefined || stored === undefined ? {} : changesIn(draft, stored);
  const isChanged = Object.keys(changes).length > 0;
  useEffect(() => {
    if (!isChanged) return undefined;
    const warn = (leave: BeforeUnloadEvent): void => leave.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isChanged]);
  const leave = (): void => {
    if (isChanged) leaving.current?.showModal();
    else navigate('/');
  };
  const save = async (): Promise<void> => {
    if (draft === undefined) return;
    const complaint = complaintAbout(draft, stored);
    setError(complaint ?? '');
    if (complaint !== undefined) return;
    setSaving(true);
    try {
      const view = await server.changePlaces(changes);
      take(view, draft);
      onToast({
        tone: 'good',
        text: view.in_force ? 'Saved: the camera watches by it.' : 'Saved: the camera follows in a moment.',
      });
    } catch (refused) {
      setError(inWords(refused));
    } finally {
      setSaving(false);
    }
  };
  return (
    <article class="detail" aria-label="Zones, lines and masks">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={leave}><Icon name="left" />Live</button>
        <span class="spacer" />
        <button type="button" class="plain" disabled={!isChanged || saving} onClick={() => {
          if (stored !== undefined) take(stored);
          setSelected(undefined);
        }}>Undo</button>
        <button type="button" class="primary" disabled={!isChanged || saving} aria-busy={saving} onClick={() =>
          void save()}>Save</button>
      </nav>
      <p class="error places-error" role="alert">{error}</p>
      {changes.privacy_masks !== undefined ? <output class="hint places-hint">{BEGINS_ANEW}</output> : null}
      <dialog ref={leaving} class="dialog" aria-labelledby="leave-title">
        <h2 id="leave-title">Leave without saving?</h2>
        <p class="lead">What you have changed since the last time is lost then.</p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => leaving.current?.close()}>Stay</button>
          <button type="button" class="primary danger" onClick={() => navigate('/')}>Leave</button>
        </div>
      </dialog>
      {draft === undefined || stored === undefined ? null : (
        <>
          <Canvas places={draft} selected={selected} onSelect={setSelected}
            onPoints={(points) => { if (selected !== undefined) redrawn(withPoints(draft, selected, points)); }} />
          <p class="hint places-hint">
            Drag the corners; the small dots between them add one. A thing is where its foot is. Once there is a zone
            in which motion counts, it counts only in such zones.
          </p>
          <div class="places">
            <section aria-label="Motion">
              <h2>Motion</h2>
              <Sensitivity label="Sensitivity of the whole picture" value={draft.sensitivity}
                disabled={stored.managed.includes('sensitivity')}
                onChange={(sensitivity) => setDraft({ ...draft, sensitivity })} />
              <p class="hint">{stored.managed.includes('sensitivity') ? MANAGED : SENSITIVITY_HINT}</p>
            </section>
            {GROUPS.map(({ kind, title, add, none }) => {
              const managed = stored.managed.includes(kind);
              return (
                <section key={kind} aria-label={title}>
                  <h2>{title}</h2>
                  <ul>
                    {draft[kind].map((each, index) => {
                      const isSelected = selected?.kind === kind && selected.index === index;
                      return (
                        <li key={index}>
                          <button
                            type="button" class={`place-name ${kind} ${'type' in each ? each.type : ''}`}
                            aria-expanded={isSelected} disabled={managed}
                            onClick={() => setSelected(isSelected ? undefined : { kind, index })}
                          ><i />{each.name}{'type' in each && each.type === 'exclude'
                            ? <span class="place-note">never counts</span> : null}</button>
                          {isSelected && place !== undefined ? (
                            <PlaceFields selected={selected} place={place} sensitivity={draft.sensitivity}
                              complaint={complaintAboutName(draft, selected)}
                              shapeComplaint={complaintAboutShape(draft, selected.kind, selected.index)}
                              onChange={(change) => redrawn(changed(draft, selected, change))}
                              onRemove={() => { redrawn(removed(draft, selected)); setSelected(undefined); }} />
                          ) : null}
                        </li>
                      );
                    })}
                  </ul>
                  {draft[kind].length === 0 ? <p class="hint">{none}</p> : null}
                  {kind === 'privacy_masks' && camera !== null && isUnmasked(camera) ? (
                    <p class="hint warning">
                      Not in this camera's video: it is kept as the camera sends it. Only pictures are black there.
                    </p>
                  ) : null}
                  {managed
                    ? <p class="hint">{MANAGED}</p>
                    : (
                      <button type="button" class="plain" disabled={draft[kind].length >= MOST_PLACES}
                        onClick={() => {
                          const [places, ref] = added(draft, kind);
                          redrawn(places);
                          setSelected(ref);
                        }}>{add}</button>
                    )}
                </section>
              );
            })}
          </div>
        </>
      )}
    </article>
  );
}
