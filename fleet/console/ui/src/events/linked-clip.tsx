import { useRef, useState } from 'preact/hooks';
import type { FleetEventView } from '../../../../../device/contract/fleet-api.ts';
import { inWords } from '../../../../../device/ui/server.ts';
import { server } from '../server.ts';

/** Plays the event's clip. When its link has died in the middle, it goes on with a fresh one from where it was. */
export function LinkedClip({ view }: { readonly view: FleetEventView }) {
  const [source, setSource] = useState(view.links.clip);
  const [error, setError] = useState<string | undefined>(undefined);
  const reached = useRef({ at: 0, playing: true });
  const fresh = useRef(0);
  const renew = async (): Promise<void> => {
    // a link that has just been made does not die
    if (fresh.current++ > 0) return setError('The clip cannot be shown.');
    try {
      if (source !== null && (await server.holds(source)))
        return setError('This browser cannot play the clip. Save it to watch it in another program.');
      setSource((await server.event(view.event.device, view.event.id)).links.clip);
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  return (
    <>
      <video
        src={source ?? undefined}
        poster={view.links.picture ?? undefined}
        controls
        autoPlay
        muted
        playsInline
        aria-label="Recorded clip"
        onError={() => void renew()}
        onPlay={() => {
          reached.current.playing = true;
        }}
        onPause={({ currentTarget }) => {
          if (currentTarget.error === null) reached.current.playing = false;
        }}
        onTimeUpdate={({ currentTarget }) => {
          if (currentTarget.error === null && currentTarget.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
            reached.current.at = currentTarget.currentTime;
        }}
        onLoadedMetadata={({ currentTarget }) => {
          fresh.current = 0;
          if (reached.current.at > 0) currentTarget.currentTime = reached.current.at;
          if (!reached.current.playing) currentTarget.pause();
        }}
      />
      {error === undefined ? null : (
        <p class="stage-note" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
