import { useEffect, useRef, useState } from 'preact/hooks';
import type { FleetDeviceView, FleetStatusView } from '../../../../device/contract/fleet-api.ts';
import { Refusal } from '../../../../device/ui/server.ts';
import { server, SIGN_IN } from './server.ts';

const EVERY_MS = 3000;

export interface Fleet {
  /** Undefined until the server has answered once. */
  readonly status: FleetStatusView | undefined;
  readonly devices: readonly FleetDeviceView[] | undefined;
  /** Whether the server was heard when last asked. */
  readonly reached: boolean;
}

/** Asks every few seconds whether anything changed, while the page is looked at. */
export function useFleet(onSignedOut: () => void): Fleet {
  const [fleet, setFleet] = useState<Fleet>({ status: undefined, devices: undefined, reached: true });
  const leave = useRef(onSignedOut);
  leave.current = onSignedOut;
  useEffect(() => {
    let timer: number | undefined;
    let revision: string | undefined;
    let stopped = false;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      try {
        const status = await server.status();
        const devices = status.revision === revision ? undefined : (await server.devices()).devices;
        ({ revision } = status);
        setFleet((before) => ({ status, devices: devices ?? before.devices, reached: true }));
      } catch (refused) {
        if (refused instanceof Refusal && refused.code === SIGN_IN) return leave.current();
        setFleet((before) => ({ ...before, reached: false }));
      }
      if (!stopped && !document.hidden) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    const onShown = (): void => { if (!document.hidden) void ask(); };
    void ask();
    document.addEventListener('visibilitychange', onShown);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onShown);
    };
  }, []);
  return fleet;
}
