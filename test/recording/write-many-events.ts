/** A thread for the tests: opens and ends events in a catalogue, one commit each, as the camera's process does. */
import { workerData } from 'node:worker_threads';
import { silentLog } from '../../device/core/log.ts';
import { openArchive } from '../../device/archive/open-archive.ts';
import { dawn, eventAt } from './events.ts';

const { file, events } = workerData as { readonly file: string; readonly events: number };

function writeMany(): void {
  using archive = openArchive(file, dawn, silentLog);
  for (let second = 0; second < events; second++) {
    archive.putEvent(eventAt(second));
    archive.putEvent(eventAt(second, { lasted: 1 }));
  }
}

writeMany();
