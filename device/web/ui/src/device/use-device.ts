import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventMessage } from '../../../../contract/event.ts';
import { UPDATES_BEAT_MS, type StateView } from '../../../../contract/device-api.ts';
import { server } from '../server.ts';

export interface DeviceFeed {
  /** Null until the device has spoken. */
  readonly state: StateView | null;
  /** Whether the device is heard; what is shown is old while it is not. */
  readonly connected: boolean;
}

export interface DeviceListener {
  onEvent(message: EventMessage): void;
  /** The device is heard again, or its camera's process is: what happened meanwhile may have been missed. */
  onBack(): void;
  onSignedOut(): void;
}

/** Everything that the device tells by itself, as it happens. */
export function useDevice(listener: DeviceListener): DeviceFeed {
  const [feed, setFeed] = useState<DeviceFeed>({ state: null, connected: true });
  const latest = useRef(listener);
  latest.current = listener;

  useEffect(() => {
    let source: EventSource;
    let timer: number | undefined;
    let silence: number | undefined;
    let wasOpen = false;
    let known: StateView | null = null;
    const lost = (): void => {
      setFeed((before) => ({ ...before, connected: false }));
      source.close();
      open();
    };
    /** A device without power says nothing, not even goodbye. */
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(lost, 2.5 * UPDATES_BEAT_MS);
    };
    /** The network of this very machine came or went: what that means for the device is found by asking. */
    const changed = (): void => void server.session().catch(lost);
    const open = (): void => {
      source = new EventSource('/api/updates');
      for (const name of ['open', 'state', 'event', 'beat', 'error']) source.addEventListener(name, heard);
      heard();
      source.addEventListener('state', ({ data }: MessageEvent<string>) => {
        const state = JSON.parse(data) as StateView;
        if (cameraIsBack(known, state)) latest.current.onBack();
        known = state;
        setFeed({ state, connected: true });
      });
      source.addEventListener('event', ({ data }: MessageEvent<string>) =>
        latest.current.onEvent(JSON.parse(data) as EventMessage));
      source.addEventListener('open', () => {
        setFeed((before) => ({ ...before, connected: true }));
        if (wasOpen) latest.current.onBack();
        wasOpen = true;
      });
      source.addEventListener('error', () => {
        setFeed((before) => ({ ...before, connected: false }));
        if (source.readyState === EventSource.CLOSED) void again();
      });
    };
    /** The browser gives up when the answer is an error: a restart in between, or the session's end. */
    const again = async (): Promise<void> => {
      const session = await server.session().catch(() => undefined);
      if (session?.signedIn === false) latest.current.onSignedOut();
      else timer = setTimeout(open, 2000);
    };
    open();
    addEventListener('offline', changed);
    addEventListener('online', changed);
    return () => {
      removeEventListener('offline', changed);
      removeEventListener('online', changed);
      clearTimeout(timer);
      clearTimeout(silence);
      source.close();
    };
  }, []);
  return feed;
}

/** Whether the camera gives pictures again after it was known not to. */
const cameraIsBack = (before: StateView | null, now: StateView): boolean =>
  before !== null && before.camera?.state !== 'online' && now.camera?.state === 'online';
