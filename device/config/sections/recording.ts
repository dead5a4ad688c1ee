/** What is recorded, and for how long it is kept. */
import { FILE_NAMES, fileNamesFault } from '../../contract/event-file-name.ts';
import {
  choiceSetting as choice, durationSetting as duration, integerSetting as integer, sizeSetting as size,
  textSetting as text,
} from '../setting.ts';
import { ANY, orEmpty } from './checks.ts';

export const recordingSettings = {
  recording: {
    mode: choice({
      default: 'event', choices: ['event', 'continuous', 'both', 'off'],
      doc: 'What is recorded: events, everything, both, or nothing.',
    }),
    pre_roll: duration({
      default: '5s', min: '0s', max: '60s', doc: 'What a clip shows from before its event; held in memory.',
    }),
    post_roll: duration({
      default: '10s', min: '1s', max: '10m', doc: 'Time without motion that ends an event; the clip shows it too.',
    }),
    max_length: duration({
      default: '5m', min: '10s', max: '1h',
      doc: 'Longest event; motion that goes on begins the next one without a gap.',
    }),
    manual_length: duration({
      default: '30s', min: '1s', max: '1h',
      doc: 'How long a recording on demand lasts where whoever asks does not say.',
    }),
    trigger_length: duration({
      default: '0s', min: '0s', max: '1h',
      doc:
        'How long a trigger from outside makes an event last where it does not say; 0s for as long as `recording.post_roll`.',
    }),
    file_names: text({ default: 'tyto', pattern: ANY, expectation: FILE_NAMES, fault: fileNamesFault,
      doc:
        'What files of events are called when they are downloaded, and in the folder `export` of the data folder, for programs that expect another\'s names; there is no such folder with `tyto`.' }),
    minimum_free: size({
      default: '500M', min: '0', max: '1T',
      doc: 'Free space on the disk below which no new clip is begun; on a small disk, 5 % of it if that is less.',
    }),
    encryption: choice({ default: 'off', choices: ['off', 'on'],
      doc:
        'Whether clips and pictures are encrypted on the disk and in storage: for `recording.fleet_key`, and for the owner, who opens them by signing in.' }),
    fleet_key: text({
      default: '', pattern: orEmpty(/^[A-Za-z0-9_-]{43}$/), expectation: 'a public key of 43 characters',
      doc: 'Public key of the fleet that may open encrypted recordings, as `tyto-fleet key new` prints it.',
    }),
  },
  timelapse: {
    interval: duration({
      default: '0s', min: '0s', max: '1d',
      doc:
        'From picture to picture of a film that is made of each day, in every mode of recording; 0s makes none. Each picture is the next keyframe as the camera sends it: some 100 kB in HD.',
    }),
    frame_rate: integer({ default: 25, min: 1, max: 60, doc: 'Pictures a second that the film shows.' }),
  },
  retention: {
    max_bytes: size({
      default: '0', min: '0', max: '1000T',
      doc: 'Room that recordings and pictures may take, oldest deleted first beyond it; 0 takes 80 % of the disk.',
    }),
    reserve: duration({
      default: '1h', min: '0s', max: '2d',
      doc:
        'Free space is kept for this long of recording at the rate of late, beside `recording.minimum_free`; at most 20 % of the disk.',
    }),
    events: duration({
      default: '0s', min: '0s', max: '3650d',
      doc: 'How long events are kept at most; 0s keeps them as long as there is room.',
    }),
    continuous: duration({
      default: '0s', min: '0s', max: '3650d',
      doc:
        'How long continuous recording is kept at most; 0s keeps it as long as there is room. To make room it is deleted before events are.',
    }),
    timelapse: duration({
      default: '0s', min: '0s', max: '3650d',
      doc:
        'How long the films of days are kept at most; 0s keeps them as long as there is room. To make room they are deleted after continuous recording and before events.',
    }),
    pending: choice({ default: 'auto', choices: ['auto', 'keep', 'delete'],
      doc:
        'What has not been uploaded, or lies untaken in the device\'s own landing folder, when room is needed and nothing else is left to delete: `keep` it and record no more, or `delete` it, oldest first. Either raises an alarm, but not on a device on its own, of which no fleet has ever taken anything. '
          +
            '`auto` keeps what is to go to storage that was chosen, and deletes where none was.' }),
  },
  storage: {
    write_budget: size({
      default: '0', min: '0', max: '1000T',
      doc:
        'Bytes that may be written to the disk a day before an alarm is raised: a card wears by them; 0 raises none.',
    }),
  },
} as const;
