import type { StateView } from '../../../../contract/device-api.ts';
import { videoInWords } from './facts.ts';
import { statusNotes } from './status-notes.ts';

export interface StatusLineProps {
  readonly state: StateView | null;
  readonly connected: boolean;
  /** Why there is no picture is said in its place. */
  readonly besidePicture: boolean;
}

/** How the camera is, in one line. */
export function StatusLine({ state, connected, besidePicture }: StatusLineProps) {
  const camera = state?.camera ?? null;
  const tone = !connected ? 'unknown' : camera?.state ?? 'connecting';
  return (
    <output class="status">
      <i class={`dot ${tone}`} />
      <strong>{camera?.camera ?? state?.device ?? 'Camera'}</strong>
      <span class="status-word">{connected ? WORDS[camera?.state ?? 'connecting'] : 'Not reachable'}</span>
      <span class={`status-more ${tone}`}>{connected ? details(state, besidePicture) : 'trying again'}</span>
    </output>
  );
}

const WORDS = { online: 'Online', offline: 'Offline', connecting: 'Connecting' } as const;

function details(state: StateView | null, besidePicture: boolean): string {
  const camera = state?.camera;
  if (camera === undefined || camera === null) return 'the camera has not reported yet';
  if (camera.state !== 'online') return besidePicture ? '' : camera.reason;
  const size = camera.width === null || camera.height === null ? undefined : `${camera.width} × ${camera.height}`;
  return [...statusNotes(camera), size, camera.codec === null ? undefined : videoInWords(camera.codec)].filter((part) =>
    part !== undefined).join(' · ');
}
