import type { FleetDeviceView } from '../../../../../device/contract/fleet-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import type { EventFilter } from '../events/event-filter.ts';
import { Link } from '../parts/link.tsx';
import { listPath } from '../route.ts';
import { agoInWords } from '../words.ts';

export interface DeviceListProps {
  readonly devices: readonly FleetDeviceView[] | undefined;
  /** Of the list beside it: a device that is chosen changes nothing else of it. */
  readonly filter: EventFilter;
  /** Unix seconds, by the server's clock. */
  readonly now: number;
}

/** All devices: a column on desks, a row to push along on phones. Each narrows the list to what it recorded. */
export function DeviceList({ devices = [], filter, now }: DeviceListProps) {
  const total = devices.reduce((sum, { events }) => sum + events, 0);
  return (
    <nav class="devices" aria-label="Devices">
      <h2>Devices</h2>
      <ul>
        <li>
          <Link class="device" to={listPath({ ...filter, device: undefined })} current={filter.device === undefined}>
            <span class="device-sign">
              <Icon name="all" />
            </span>
            <span class="device-words">
              <strong>All devices</strong>
              <span>
                {devices.length === 0 ? 'none yet' : `${count(devices.length, 'device')}, ${count(total, 'event')}`}
              </span>
            </span>
          </Link>
        </li>
        {devices.map(({ device, events, last_seen: seen }) => (
          <li key={device}>
            <Link class="device" to={listPath({ ...filter, device })} current={device === filter.device}>
              <span class="device-sign">
                <Icon name="camera" />
              </span>
              <span class="device-words">
                <strong>{device}</strong>
                <span>
                  {agoInWords(seen, now)} · {count(events, 'event')}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
