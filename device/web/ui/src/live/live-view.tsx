import { useEffect, useRef, useState } from 'preact/hooks';
import type { CameraState } from '../../../../contract/topics.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { OwlScene } from '../../../../ui/parts/owl.tsx';
import type { StateView } from '../../../../contract/device-api.ts';
import type { Toast } from '../parts/toast.tsx';
import type { EarlyLive } from './early-live.ts';
import { canPlayLive, LivePlayer, type LiveStatus } from './live-player.ts';
import { PictureView } from './picture-view.tsx';
import { RecordButton } from './record-button.tsx';

export interface LiveViewProps {
  readonly state: StateView | null;
  /** Whether the device is heard. */
  readonly connected: boolean;
  readonly early: EarlyLive | undefined;
  readonly onSignedOut: () => void;
  readonly onToast: (toast: Toast) => void;
}

/** The camera's picture as it is now, with what is to be known about it on top. */
export function LiveView({ state, connected, early, onSignedOut, onToast }: LiveViewProps) {
  const camera = state?.camera ?? null;
  const [status, setStatus] = useState<LiveStatus>(canPlayLive() ? 'connecting' : 'unsupported');
  const [hasSound, setHasSound] = useState(false);
  const [muted, setMuted] = useState(true);
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<LivePlayer | undefined>(undefined);
  const frame = useRef<HTMLElement>(null);

  useEffect(() => {
    if (video.current === null || !canPlayLive()) return undefined;
    const live = new LivePlayer(video.current, { tell: setStatus, tellSound: setHasSound, early });
    player.current = live;
    live.start();
    return () => live.stop();
  }, []);
  useEffect(() => {
    if (video.current !== null) video.current.muted = muted || status === 'damaged';
  }, [muted, status === 'damaged']);
  useEffect(() => { if (status === 'signed-out') onSignedOut(); }, [status]);

  // Nothing may lie over why there is no picture: on a phone there is room for that alone.
  const words = curtainWords(status, camera);
  const inPictures = status === 'unsupported' || status === 'damaged';
  const ratio = camera?.width && camera.height ? `${camera.width} / ${camera.height}` : '16 / 9';
  return (
    <figure class="stage-picture" ref={frame} style={{ aspectRatio: ratio }} aria-label="Live picture">
      {status === 'unsupported' ? null : (
        <video
          ref={video} muted autoPlay playsInline aria-label="Live video of the camera" data-status={status}
          aria-hidden={inPictures}
        />
      )}
      {inPictures ? <PictureView key={`${connected}-${camera?.state}`} /> : null}
      {words === undefined ? <div class="chips">
        <LiveChip status={status} />
        {camera?.demo === true
          ? <span class="chip" title="Tyto draws this picture itself; no real camera is watched">Demo camera</span>
          : null}
        {camera?.recording === true ? <span class="chip recording"><i class="dot" />Recording</span> : null}
      </div> : null}
      <Curtain status={status} words={words} onPlay={() => player.current?.play()} />
      {words === undefined || camera?.state === 'online' ? <RecordButton state={state} onToast={onToast} /> : null}
      {hasSound && !inPictures && words === undefined ? (
        <button type="button" class="corner-button sound" aria-label="Sound" aria-pressed={!muted} title={muted
          ? 'Sound on'
          : 'Sound off'} onClick={() => setMuted(!muted)}>
          <Icon name={muted ? 'mute' : 'sound'} />
        </button>
      ) : null}
      {words === undefined ? (
        <button type="button" class="corner-button" aria-label="Full screen" title="Full screen" onClick={() =>
          toggleFullScreen(frame.current, video.current)}>
          <Icon name="expand" />
        </button>
      ) : null}
    </figure>
  );
}

function LiveChip({ status }: { readonly status: LiveStatus }) {
  switch (status) {
    case 'playing': return <span class="chip live"><i class="dot" />Live</span>;
    case 'unsupported': return <span
      class="chip live" title="This browser cannot play the camera's video: it is shown picture by picture"
    ><i class="dot" />Live pictures</span>;
    case 'damaged': return <span
      class="chip late" title="They are shown one by one, as far as they can be read; video is tried again now and then"
    >The camera sends damaged pictures</span>;
    case 'still': return <span class="chip late">Not live: the picture stands still</span>;
    case 'lost': return <span class="chip">Reconnecting…</span>;
    case 'connecting': return <span class="chip">Connecting…</span>;
    case 'waiting': case 'blocked': case 'full': case 'signed-out': return null;
  }
}

/** What stands in front of the picture when there is none to see. */
function Curtain({
  status, words, onPlay,
}: { readonly status: LiveStatus; readonly words: CurtainWords | undefined; readonly onPlay: () => void }) {
  if (status === 'blocked') {
    return <div class="curtain">
      <button type="button" class="big-play" aria-label="Play the live picture" onClick={onPlay}>
        <Icon name="play" />
      </button>
    </div>;
  }
  if (words === undefined) return null;
  return (
    <output class="curtain">
      <OwlScene asleep />
      <strong>{words[0]}</strong>
      <span>{words[1]}</span>
    </output>
  );
}

type CurtainWords = readonly [what: string, why: string];

function curtainWords(status: LiveStatus, camera: CameraState | null): CurtainWords | undefined {
  if (camera?.state === 'offline')
    return ['The camera is offline', camera.reason || 'Tyto keeps trying and comes back by itself.'];
  if (status === 'full')
    return [
      'Too many are watching', 'This device serves a few viewers at a time. You are let in as soon as one leaves.',
    ];
  if (status === 'waiting' || camera?.state === 'connecting')
    return ['Waiting for the camera', camera?.reason || 'The picture appears as soon as the camera gives one.'];
  return undefined;
}

function toggleFullScreen(frame: HTMLElement | null, video: HTMLVideoElement | null): void {
  if (document.fullscreenElement !== null) return void document.exitFullscreen();
  if (frame?.requestFullscreen !== undefined) return void frame.requestFullscreen();
  // phones of Apple know only videos
  (video as { webkitEnterFullscreen?: () => void } | null)?.webkitEnterFullscreen?.();
}
