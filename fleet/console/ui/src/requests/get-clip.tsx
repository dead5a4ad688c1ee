import { useEffect, useState } from 'preact/hooks';
import type { FleetEventView, RequestView } from '../../../../../device/contract/fleet-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { server } from '../server.ts';
import { sizeInWords } from '../words.ts';
import { Progress } from './progress.tsx';
import { isOpen, stateInWords } from './request-words.ts';

export interface GetClipProps {
  readonly view: FleetEventView;
  /** Another text whenever something became of a request. */
  readonly revision: string | undefined;
  /** The clip is in the library now. */
  readonly onArrived: () => void;
}

/** For an event whose clip its device still holds: asks for it, and tells how it goes. */
export function GetClip({ view: { event, held }, revision, onArrived }: GetClipProps) {
  const [request, setRequest] = useState<RequestView | undefined>(undefined);
  const [isKnown, setKnown] = useState(false);
  const [error, setError] = useState('');
  const follow = async (call: () => Promise<RequestView | undefined>): Promise<void> => {
    try {
      const found = await call();
      setRequest(found);
      setError('');
      if (found?.state === 'done') onArrived();
    } catch (refused) {
      setError(inWords(refused));
    }
    setKnown(true);
  };
  useEffect(() => {
    void follow(async () => (await server.requests({ device: event.device, event: event.id, limit: 1 })).requests[0]);
  }, [revision]);
  const bytes = held.reduce((sum, file) => sum + file.bytes, 0);
  const isRunning = request !== undefined && isOpen(request);
  const hasFailed = request?.state === 'refused' || request?.state === 'expired';
  return (
    <section class="get-clip" aria-label="The clip is still on the device">
      <div class="get-clip-words" aria-live="polite">
        <strong>{isRunning ? 'The clip is on its way'
          : hasFailed ? 'The clip has not come' : 'The clip is still on the device'}</strong>
        <p>{request === undefined || request.state === 'withdrawn'
          ? `${sizeInWords(bytes)}, sent when somebody asks for it.`
          : stateInWords(request)}</p>
        {request === undefined ? null : <Progress request={request} />}
        <p class="error" role="alert">{error}</p>
      </div>
      {isRunning ? (
        <button type="button" class="plain" onClick={() => void follow(() => server.withdraw(request.id))}>
          Take back
        </button>
      ) : (
        <button type="button" class="primary" disabled={!isKnown} onClick={() =>
          void follow(() => server.ask(event.device, { event: event.id }))}>
          <Icon name="download" />{hasFailed ? 'Ask again' : 'Get the clip'}
        </button>
      )}
    </section>
  );
}
