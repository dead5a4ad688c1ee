/** The broker's door to the network, kept open: what stands in its way is no reason for a camera to see nothing. */
import type { Log } from '../core/log.ts';
import type { Clock } from '../runtime/clock.ts';
import { keepRunning } from '../runtime/keep-running.ts';
import type { RunningBroker } from './broker.ts';
import type { DoorTopics, NetworkDoorSettings } from './network-door.ts';

/** Opens it again and again until `signal` aborts; what fails is logged. */
export function keepDoor(
  broker: RunningBroker, network: NetworkDoorSettings & { readonly topics: DoorTopics },
  { clock, log }: { readonly clock: Clock; readonly log: Log }, signal: AbortSignal,
): Promise<void> {
  return keepRunning('the broker\'s door to the network', async () => {
    await using door = await broker.openTo(network, network.topics);
    log.info('the broker listens to the network, too', { port: door.port });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }, { clock, log }, signal);
}
