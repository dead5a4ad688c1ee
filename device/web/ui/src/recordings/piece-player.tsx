import { useEffect, useRef, useState } from 'preact/hooks';
import type { SegmentView } from '../../../../contract/device-api.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { isWithin, pieceAfter, pieceAt } from './pieces.ts';
import type { Loaded } from './use-day.ts';

/** A press on a bar: the same moment may be wanted twice. */
export interface Seek { readonly at: number }

export interface PiecePlayerProps {
  readonly loaded: Loaded;
  readonly seek: Seek;
  readonly onTime: (at: number) => void;
}

const SPEEDS = [1, 2, 4, 8] as const;

/** Plays one piece after the other; the next one is loaded before it is needed, so that there is hardly a seam. */
export function PiecePlayer({ loaded: { pieces, span }, seek, onTime }: PiecePlayerProps) {
  const [piece, setPiece] = useState<SegmentView | undefined>(undefined);
  const [paused, setPaused] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const [failed, setFailed] = useState(false);
  /** All that is whole has been played: it goes on when there is more. */
  const [ended, setEnded] = useState(false);
  const videos = useRef(new Map<string, HTMLVideoElement>());
  const offset = useRef(0);
  const next = piece && pieceAfter(pieces, piece);
  const isLoaded = isWithin(seek.at, span);

  useEffect(() => {
    if (!isLoaded) return;
    const wanted = pieceAt(pieces, seek.at);
    setFailed(false);
    setEnded(false);
    setPiece(wanted);
    if (wanted === undefined) return;
    offset.current = Math.max(0, seek.at - wanted.from);
    const video = videos.current.get(wanted.name);
    if (video === undefined || video.readyState === 0) return;
    video.currentTime = offset.current;
    if (!paused) void video.play().catch(() => {}); // it may have ended before
  }, [seek, isLoaded]);
  useEffect(() => {
    const video = piece && videos.current.get(piece.name);
    if (video === undefined) return;
    if (paused) video.pause();
    else void video.play().catch(() => {}); // it is told by `error`, or by the next press
  }, [piece?.name, paused]);
  useEffect(() => {
    if (!ended || next === undefined) return;
    offset.current = 0;
    setEnded(false);
    setPiece(next);
  }, [ended, next?.name]);

  return (
    <>
      <figure class="stage-picture clip recordings-picture">
        {[piece, next].map((one) => (one === undefined ? null : (
          <video
            key={one.name} src={`/api/recordings/${one.name}`} class={one === piece ? '' : 'unseen-video'}
            aria-label={one === piece ? 'Continuous recording' : undefined}
            aria-hidden={one !== piece} preload="auto" muted playsInline
            ref={(video) => {
              if (video === null) return void videos.current.delete(one.name);
              videos.current.set(one.name, video);
              video.playbackRate = speed;
            }}
            onLoadedMetadata={({ currentTarget }) => {
              currentTarget.playbackRate = speed;
              if (one === piece && offset.current > 0) currentTarget.currentTime = offset.current;
            }}
            onTimeUpdate={({ currentTarget }) => {
              if (one === piece && !currentTarget.seeking) onTime(one.from + currentTarget.currentTime);
            }}
            onEnded={() => {
              if (one === piece) setEnded(true);
            }} onError={() => { if (one === piece) setFailed(true); }}
          />
        )))}
        {ended && next === undefined
          ? <output class="clip-failed">This is as far as it is recorded. It goes on in a minute at most.</output>
          : null}
        {failed && piece !== undefined
          ? <p class="clip-failed" role="alert">
            This browser cannot play it. <a href={`/api/recordings/${piece.name}`} download>
              Save it
            </a> to watch it in another program.
          </p>
          : null}
      </figure>
      <div class="player-buttons">
        <button
          type="button" class="plain round" aria-label={paused ? 'Play' : 'Pause'} title={paused ? 'Play' : 'Pause'}
          onClick={() => setPaused(!paused)}
        >
          <Icon name={paused ? 'play' : 'pause'} />
        </button>
        <button
          type="button" class="plain" aria-label={`Speed: ${speed} times`}
          onClick={() => setSpeed(SPEEDS[(SPEEDS.findIndex((one) => one === speed) + 1) % SPEEDS.length] ?? 1)}
        >
          {speed}×
        </button>
        {piece === undefined ? null
          : <a class="plain" href={`/api/recordings/${piece.name}`} download><Icon name="download" />Save</a>}
      </div>
    </>
  );
}
