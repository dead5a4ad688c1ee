/** The device in figures: pure. What is not known is left out. */
import type { LedgerView, StateView } from '../../contract/device-api.ts';
import type { UploadStatus } from '../../contract/uploads-view.ts';
import { TAMPER_KINDS } from '../../core/frame.ts';
import type { Metric, Sample } from './exposition.ts';

/** What the uploader tells of itself, as far as it is counted here. */
export type UploadFigures =
  Pick<UploadStatus, 'pending' | 'uploaded' | 'acknowledged' | 'refused' | 'dead' | 'problem'>;

export interface DeviceFigures {
  readonly state: StateView;
  readonly uploads: UploadFigures | undefined;
  /** Since midnight. */
  readonly ledger: LedgerView['seconds'];
  /** Events that ended since the start, by kind. */
  readonly events: ReadonlyMap<string, number>;
  readonly clockSynced: boolean;
  readonly live: { readonly viewers: number; readonly skipped: number };
}

export function deviceMetrics({ state, uploads, ledger, events, clockSynced, live }: DeviceFigures): readonly Metric[] {
  return [
    gauge('tyto_build_info', 'Always 1; which Tyto runs, on which device.', [
      { labels: { version: state.version, device: state.device }, value: 1 },
    ]),
    gauge('tyto_clock_synced', 'Whether the clock was set by the network (1), or may be wrong (0).', one(clockSynced)),
    ...cameraMetrics(state),
    ...storageMetrics(state.storage),
    counter(
      'tyto_events_total',
      'Events that ended since this process began, by kind; one may be of several.', byLabel('kind', events),
    ),
    gauge(
      'tyto_ledger_seconds',
      'Seconds since midnight, by what became of them.', byLabel('state', Object.entries(ledger)),
    ),
    ...(uploads === undefined ? [] : uploadMetrics(uploads)),
    gauge('tyto_live_viewers', 'Who watches the live video now.', one(live.viewers)),
    counter(
      'tyto_live_fragments_skipped_total', 'Pieces of live video that slow viewers were not sent.', one(live.skipped),
    ),
  ];
}

function cameraMetrics({ camera, armed, manual }: StateView): readonly Metric[] {
  if (camera === null) return [gauge('tyto_camera_online', 'Whether pictures come from the camera.', one(0))];
  const { stream, decoding } = camera;
  return [
    gauge('tyto_camera_online', 'Whether pictures come from the camera.', one(camera.state === 'online')),
    gauge(
      'tyto_camera_bitrate_bits_per_second', 'What the camera sends, over the last ten seconds.', one(stream?.bitrate),
    ),
    gauge('tyto_camera_frame_rate_hertz', 'Pictures a second, over the last ten seconds.', one(stream?.frameRate)),
    gauge('tyto_armed', 'Whether what is seen becomes events.', one(armed)),
    gauge('tyto_recording', 'Whether an event is being written.', one(camera.recording)),
    gauge('tyto_recording_ok', 'Whether what should be recorded can be.', one(camera.loss === null)),
    gauge(
      'tyto_recording_on_demand', 'Whether something is recorded because somebody asked for it.', one(manual !== null),
    ),
    gauge('tyto_tamper', 'What is wrong with the picture itself.',
      TAMPER_KINDS.map((kind) => ({ labels: { kind }, value: Number(camera.tamper.includes(kind)) }))),
    gauge(
      'tyto_load_level',
      'Steps of work that is left out because the device cannot keep up; recording never is.', one(camera.load.level),
    ),
    gauge('tyto_decoded_ratio', 'Share of the pictures that is decoded for analysis.', one(decoding?.decoded)),
    counter('tyto_frames_analysed_total', 'Pictures that were analysed.', one(camera.framesAnalysed)),
    counter(
      'tyto_frames_dropped_total',
      'Pictures that were to be analysed and were not, for want of time.', one(camera.framesDropped),
    ),
    gauge('tyto_vision_ok', 'Whether pictures are analysed.', one(camera.visionFault === null)),
    gauge(
      'tyto_recognition_ok',
      'Whether faces and things are recognised, where they should be.', one(camera.recognitionFault === null),
    ),
  ];
}

function storageMetrics(storage: StateView['storage']): readonly Metric[] {
  if (storage === null) return [];
  const { used, most, free, kept_free: keptFree, rate, deleted, written: { day, ...written }, alarms } = storage;
  return [
    gauge('tyto_storage_used_bytes', 'What recordings take, by class.', byLabel('class', Object.entries(used))),
    gauge('tyto_storage_limit_bytes', 'The most that recordings may take together.', one(most)),
    gauge('tyto_disk_free_bytes', 'What is free on the disk.', one(free)),
    gauge('tyto_disk_kept_free_bytes', 'With less free than this, recordings are deleted.', one(keptFree)),
    gauge('tyto_recording_rate_bytes_per_second', 'What recording has written of late.', one(rate / 3600)),
    gauge('tyto_disk_written_today_bytes', 'Written to the disk on this day (UTC), by class.',
      Object.entries(written).map(([name, value]) => ({ labels: { class: name, day }, value }))),
    counter('tyto_deleted_total', 'What was deleted to make room or for its age.',
      byLabel('what', [['events', deleted.events], ['segments', deleted.segments]])),
    counter('tyto_deleted_bytes_total', 'How much that was.', one(deleted.bytes)),
    gauge('tyto_storage_alarm', '1 for each thing about the disk that needs a person.', alarms.map(({ code }) =>
      ({ labels: { code }, value: 1 }))),
  ];
}

const uploadMetrics = (
  { pending, uploaded, acknowledged, refused, dead, problem }: UploadFigures,
): readonly Metric[] => [
  gauge('tyto_uploads_pending', 'Events that wait to be uploaded.', one(pending)),
  gauge(
    'tyto_uploads_refused',
    'Events of which something cannot go for a reason that does not pass by itself.', one(refused),
  ),
  gauge('tyto_uploads_dead', 'Events that were put aside, and wait until somebody has them tried again.', one(dead)),
  gauge('tyto_uploads_acknowledged', 'Uploaded events that the fleet has checked and taken.', one(acknowledged)),
  counter('tyto_uploads_total', 'Events that were uploaded.', one(uploaded)),
  gauge('tyto_uploads_ok', 'Whether nothing stands in the way of all uploads.', one(problem === null)),
];

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric =>
  ({ name, type: 'gauge', help, samples });
const counter = (name: string, help: string, samples: readonly Sample[]): Metric =>
  ({ name, type: 'counter', help, samples });
const one = (value: number | boolean | null | undefined): readonly Sample[] =>
  (value === null || value === undefined ? [] : [{ value: Number(value) }]);
const byLabel = (label: string, values: Iterable<readonly [string, number]>): readonly Sample[] =>
  [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));
