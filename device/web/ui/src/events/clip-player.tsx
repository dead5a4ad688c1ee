import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TytoEvent } from '../../../../contract/event.ts';
import { pictureOf } from './event-row.tsx';

/** Between the end of what was written of a running event and the look whether there is more of it by now. */
const LOOK_AGAIN_MS = 1000;
/** Of a long one that is a tenth of its length, as all of it is loaded for what is new. */
const LOOK_AGAIN_SHARE = 0.1;
const A_PICTURE_S = 0.1;

export interface ClipPlayerProps {
  readonly event: TytoEvent;
  readonly source: string;
  /** What lies over the picture. */
  readonly children: ComponentChildren;
}

/**
 * Plays an event's clip. That of a running event is played as far as it is written, then as far as it is by then, and
 * so on until it has ended: each time it is loaded anew, and goes on from where it was.
 */
export function ClipPlayer({ event, source, children }: ClipPlayerProps) {
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [round, setRound] = useState(0);
  /** What was shown last: stands there while more is loaded. */
  const [last, setLast] = useState<string | undefined>(undefined);
  const isRunning = event.end_time === null;
  const version = isRunning ? `running-${round}` : 'whole';
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setFault(undefined), [isRunning]);
  useEffect(() => () => clearTimeout(timer.current), [version]);
  useEffect(() => () => { if (last !== undefined) URL.revokeObjectURL(last); }, [last]);
  const reached = useRef(0);
  const lookAgain = (): void => {
    if (!isRunning) return;
    clearTimeout(timer.current);
    const pause = Math.max(LOOK_AGAIN_MS, reached.current * LOOK_AGAIN_SHARE * 1000);
    timer.current = setTimeout(() => setRound((before) => before + 1), pause);
  };
  const fail = async (): Promise<void> => {
    const why = await whyNot(source, isRunning);
    setFault(why);
    if (reached.current > 0 || why === NOTHING_YET) lookAgain();
  };
  return (
    <figure class="stage-picture clip" style={{
      aspectRatio: event.clip === null ? '16 / 9' : `${event.clip.width} / ${event.clip.height}`,
    }}>
      <video
        src={`${source}?as=${version}`} poster={last ?? (event.has_snapshot ? pictureOf(event) : undefined)}
        controls autoPlay muted playsInline
        aria-label="Recorded clip" onError={() => void fail()}
        onEnded={({ currentTarget }) => {
          if (isRunning) pictureIn(currentTarget, setLast);
          lookAgain();
        }}
        onTimeUpdate={({ currentTarget }) => {
          if (currentTarget.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
            reached.current = currentTarget.currentTime;
        }}
        onLoadedMetadata={({ currentTarget }) => {
          setFault(undefined);
          if (reached.current === 0) return;
          currentTarget.currentTime = reached.current;
          // Nothing has come since: what is at its end already does not end once more.
          if (currentTarget.duration - reached.current < A_PICTURE_S) lookAgain();
        }}
      />
      {children}
      {fault === undefined ? null : <p class="clip-failed" role="alert">{fault}</p>}
    </figure>
  );
}

/** As an address to be revoked; `tell` does not hear of one where the browser does not give it away. */
function pictureIn(player: HTMLVideoElement, tell: (address: string) => void): void {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [player.videoWidth, player.videoHeight];
  canvas.getContext('2d')?.drawImage(player, 0, 0);
  canvas.toBlob((picture) => { if (picture !== null) tell(URL.createObjectURL(picture)); }, 'image/jpeg');
}

const WAIT = 'This is still being recorded. The clip can be played when it has ended.';
const NOTHING_YET = 'Nothing of it is recorded yet.';
const UNPLAYABLE = 'This browser cannot play the clip. Save it to watch it in another program.';
/** Of encrypted clips, by the answer of the device. */
const REFUSED: Readonly<Record<number, string>> = {
  423: 'This clip is encrypted. Enter the password once more to open it.',
  403:
    'This clip is encrypted, and this device has no key to it: it was recorded for the fleet alone, or under a password that is forgotten.',
};

async function whyNot(source: string, isRunning: boolean): Promise<string> {
  const status = await fetch(source, { method: 'HEAD' }).then((answer) => answer.status, () => 0);
  if (isRunning && status === 404) return NOTHING_YET;
  return REFUSED[status] ?? (isRunning ? WAIT : UNPLAYABLE);
}
