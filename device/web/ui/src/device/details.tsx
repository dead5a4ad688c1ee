import type { StateView } from '../../../../contract/device-api.ts';
import { cameraFacts, storageFacts, type Fact } from './facts.ts';

/** What is known of the camera and the disk, for who wants to know. */
export function Details({ state }: { readonly state: StateView | null }) {
  if (state === null || state.camera === null) return null;
  const [camera, storage] = [cameraFacts(state.camera), storageFacts(state)];
  const troubles = [...camera, ...storage].filter(({ isBad }) => isBad === true).length;
  return (
    <details class="facts">
      <summary>Details{troubles === 0 ? null
        : <span class="facts-bad">
          {troubles === 1 ? '1 thing to look at' : `${troubles} things to look at`}
        </span>}</summary>
      <div class="facts-lists">
        <Facts title="Camera" facts={camera} />
        <Facts title="Storage" facts={storage} />
      </div>
    </details>
  );
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {facts.map(({ name, text, isBad }) =>
          <div key={`${name}-${text}`} class={isBad === true ? 'bad' : undefined}><dt>{name}</dt><dd>{text}</dd></div>)}
      </dl>
    </section>
  );
}
