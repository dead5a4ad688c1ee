/**
 * Every setting of a device, once. The path gives the name in `config.json` and in the environment:
 * `motion.sensitivity`, `TYTO_MOTION_SENSITIVITY`.
 */
import { FILE_NAMES, fileNamesFault } from '../contract/event-file-name.ts';
import { NAME_PATTERN } from '../contract/name-pattern.ts';
import { CAMERA_CERTIFICATE, readCertificate } from '../media/camera-certificate.ts';
import { CAMERA_SOURCES, readSource, readSubSource, SUB_SOURCES } from '../media/camera-source.ts';
import {
  choiceSetting as choice, durationSetting as duration, factorSetting as factor,
  integerSetting as integer, listSetting as list,
  numberSetting as number, ratioSetting as ratio,
  sizeSetting as size, textSetting as text, type Setting,
} from './setting.ts';

const orEmpty = (pattern: RegExp): RegExp => new RegExp(`^$|${pattern.source}`);
const ANY = /^[^\0\r\n]*$/;

function cameraSourceFault(value: string): string | undefined {
  const source = readSource(value);
  return 'got' in source ? source.got : undefined;
}

function certificateFault(value: string): string | undefined {
  const certificate = readCertificate(value);
  return 'got' in certificate ? certificate.got : undefined;
}

function sizeFault(value: string): string | undefined {
  const sides = value.split('x').map(Number);
  return value === '' || sides.every((side) => side >= 64 && side <= 8192 && side % 2 === 0) ? undefined : `"${value}"`;
}

function pemFault(value: string): string | undefined {
  const certificate = readCertificate(value);
  return 'got' in certificate ? certificate.got : certificate.type === 'fingerprint' ? 'a fingerprint' : undefined;
}

function timeZoneFault(value: string): string | undefined {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value === '' ? 'UTC' : value }).format(0) === '' ? 'nothing'
      : undefined;
  } catch {
    return `"${value}", which is no time zone that this machine knows`;
  }
}

function subSourceFault(value: string): string | undefined {
  const source = readSubSource(value);
  return source !== undefined && 'got' in source ? source.got : undefined;
}

/** Loads much: see there. */
const readers = () => import('./list-readers.ts');

const TARGETS = ['none', 'directory', 's3', 'azure', 'gcs', 'vault', 'kerberos-vault', 'kerberos-hub'] as const;

const keyPrefix = (shared: string) => text({
  default: '', pattern: orEmpty(/^[A-Za-z0-9][A-Za-z0-9/_-]*$/), expectation: 'a key prefix without leading slash',
  doc: `Stands before every object key, for ${shared} shared with others.`,
});

const authority = (whose: string) =>
  text({ default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
    doc: `Whose signature on ${whose} certificate is believed; without, that of the system's authorities.` });

/** Where uploads may go: for the first store, and for the one that takes its place. */
const uploadTargets = {
  directory: text({ default: '', pattern: ANY, expectation: 'a folder',
    doc: 'Folder for target `directory`, such as a mounted share; without one, `landing` in the data folder.' }),
  s3: {
    endpoint: text({ default: '', pattern: orEmpty(/^https?:\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of the S3 server; empty for AWS.' }),
    region: text({
      default: 'us-east-1', pattern: /^[a-z0-9-]+$/, expectation: 'a region name such as eu-central-1',
      doc: 'Region of the bucket.',
    }),
    bucket: text({
      default: '', pattern: orEmpty(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/), expectation: 'a bucket name',
      doc: 'Bucket that takes the uploads.',
    }),
    prefix: keyPrefix('a bucket'),
    access_key_id: text({
      default: '', pattern: ANY, expectation: 'an access key id', shown: 'nothing',
      doc: 'Key that may only write and list below this device\'s prefix.',
    }),
    secret_access_key: text({
      default: '', pattern: ANY, expectation: 'a secret access key', shown: 'nothing', doc: 'The key\'s secret.',
    }),
  },
  azure: {
    endpoint: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and token',
      doc: 'Address of the account: `https://ACCOUNT.blob.core.windows.net`.',
    }),
    container: text({
      default: '', pattern: orEmpty(/^[a-z0-9$](?:[a-z0-9-]{1,61}[a-z0-9])$/), expectation: 'a container name',
      doc: 'Container that takes the uploads.',
    }),
    prefix: keyPrefix('a container'),
    sas: text({
      default: '', pattern: orEmpty(/^\?[^\s]+$|^[^\s?]+$/), expectation: 'a SAS token', shown: 'nothing',
      doc: 'Token that may only create, write and list in that container.',
    }),
  },
  gcs: {
    endpoint: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of another server that speaks as Google Cloud Storage does; empty for Google\'s.',
    }),
    bucket: text({
      default: '', pattern: orEmpty(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/), expectation: 'a bucket name',
      doc: 'Bucket that takes the uploads.',
    }),
    prefix: keyPrefix('a bucket'),
    key: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a JSON key file of a service account, or the JSON in it',
      shown: 'nothing', doc: 'Key of a service account that may only create and list below this device\'s prefix.',
    }),
  },
  vault: {
    url: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of the `tyto-fleet` that this device uploads to.',
    }),
    key: text({
      default: '', pattern: ANY, expectation: 'a device key', shown: 'nothing',
      doc: 'Key of this device, as the fleet gave it out.',
    }),
    ca: authority('that fleet\'s'),
  },
  kerberos: {
    url: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of a Kerberos Vault or Hub, as its agents have it.',
    }),
    access_key: text({
      default: '', pattern: ANY, expectation: 'an access key', shown: 'nothing',
      doc: 'Access key of the Vault\'s account; of a Hub, the public key.',
    }),
    secret_access_key: text({
      default: '', pattern: ANY, expectation: 'a secret access key', shown: 'nothing',
      doc: 'Its secret; of a Hub, the private key.',
    }),
    provider: text({
      default: '', pattern: ANY, expectation: 'the name of a provider',
      doc: 'Which of the Vault\'s storages takes the clips; empty for its own choice.',
    }),
    directory: text({
      default: '', pattern: ANY, expectation: 'the directory of the account', doc: 'Directory of the Vault\'s account.',
    }),
    region: text({ default: '', pattern: ANY, expectation: 'a region', doc: 'Region of the Hub.' }),
    ca: authority('that server\'s'),
  },
} as const;

export const settings = {
  device: {
    id: text({
      default: '', pattern: orEmpty(NAME_PATTERN), expectation: 'letters, digits and inner hyphens, at most 64',
      doc:
        'Name of this device in topics, file names and storage; without one, balena\'s UUID or an own one made at first start.',
    }),
  },
  camera: {
    source: text({ default: 'auto', pattern: /^[^\0\r\n]+$/, shown: 'host',
      expectation: CAMERA_SOURCES, fault: cameraSourceFault,
      doc: 'Where pictures come from. `attached` takes the attached camera and waits where there is none; ' +
        '`auto` takes the built-in demo camera where there is none at the start.' }),
    sub_source: text({
      default: '', pattern: /^[^\0\r\n]*$/, shown: 'host', expectation: SUB_SOURCES, fault: subSourceFault,
      doc:
        'A second, smaller stream of the same camera that is watched, while the one of `camera.source` is only recorded; without one, the same is recorded and watched.',
    }),
    sound: choice({ default: 'on', choices: ['on', 'off'],
      doc:
        'Whether the camera\'s sound is recorded and can be heard live. Recording what people say is forbidden in many places: `off` does not even ask the camera for it.' }),
    name: text({ default: 'camera', pattern: NAME_PATTERN, expectation: 'letters, digits and inner hyphens, at most 64',
      doc: 'Name of the camera in topics and file names.' }),
    stall_timeout: duration({
      default: '10s', min: '2s', max: '2m',
      doc: 'Time without pictures after which the camera is taken for gone and connected anew.',
    }),
    size: text({
      default: '', pattern: /^$|^\d{2,5}x\d{2,5}$/,
      expectation: 'a size such as 1280x720, of even sides from 64 to 8192', fault: sizeFault,
      doc:
        'Size that is asked of an attached camera, before it is turned; without one, about 1280x720. A network camera\'s is set in the camera itself.',
    }),
    frame_rate: integer({
      default: 0, min: 0, max: 60,
      doc:
        'Pictures a second that are asked of an attached camera, or taken of one that sends JPEG; 0 is what suits it: 15, of single JPEG pictures 2.',
    }),
    rotation: choice({ default: '0', choices: ['0', '90', '180', '270'],
      doc:
        'Degrees by which the picture is turned clockwise, where the device encodes it or the camera can; not where a finished video is recorded as it comes.' }),
    flip: choice({
      default: 'none', choices: ['none', 'horizontal', 'vertical', 'both'],
      doc: 'How the picture is mirrored, after it is turned; under the same conditions.',
    }),
    exposure: choice({ default: 'auto', choices: ['auto', 'short', 'long'],
      doc:
        'What an attached camera prefers: `short` exposures for sharp movement, or `long` ones for less noise in the dark.' }),
    exposure_compensation: number({
      default: 0, min: -8, max: 8, doc: 'How much lighter (above 0) or darker an attached camera exposes, in EV.',
    }),
    shutter: duration({
      default: '0s', min: '0s', max: '10s',
      doc: 'Fixed time of exposure of an attached camera, such as `10ms`; 0s leaves it to the camera.',
    }),
    gain: number({
      default: 0, min: 0, max: 64,
      doc: 'Fixed amplification of the Raspberry Pi camera, 1 is none; 0 leaves it to the camera.',
    }),
    white_balance: choice({
      default: 'auto', choices: ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy'],
      doc: 'Light that an attached camera takes for white.',
    }),
    focus: choice({ default: 'auto', choices: ['auto', 'continuous', 'manual'],
      doc:
        'How an attached camera focuses: as it does by itself, again and again, or fixed at `camera.focus_position`.' }),
    certificate: text({
      default: '', pattern: /^[^\0]*$/, expectation: CAMERA_CERTIFICATE, fault: certificateFault, shown: 'nothing',
      doc:
        'Whose certificate of a camera with `rtsps://` or `https://` is believed: its authority\'s or its own, or just the one with this fingerprint; without, that of the system\'s authorities.',
    }),
    focus_position: number({
      default: 0, min: 0, max: 32,
      doc: 'Where a manual focus lies, in dioptres: 0 is infinity, 0.5 is 2 m, 10 is 10 cm.',
    }),
  },
  location: {
    latitude: number({
      default: 0, min: -90, max: 90, doc: 'Where the camera is, in degrees, north positive: for times by the sun.',
    }),
    longitude: number({
      default: 0, min: -180, max: 180, doc: 'Where the camera is, in degrees, east positive: for times by the sun.',
    }),
    time_zone: text({ default: '', pattern: ANY, expectation: 'a time zone such as Europe/Berlin', fault: timeZoneFault,
      doc: 'Clock that the timetable goes by; without one, that of the system (on balena the variable `TZ`).' }),
  },
  arming: {
    switch: choice({ default: 'free', choices: ['free', 'on', 'off'],
      doc: 'The arm switch: `free` leaves it to page, API and MQTT; `on` or `off` fixes it, as a fleet may wish.' }),
    timetable: list({
      reader: async () => (await readers()).timetable, expectation: 'a list of windows',
      example:
        '[{"days":["weekdays"],"from":"22:00","to":"06:00"},{"days":["weekend","holiday"],"from":"sunset","to":"sunrise+00:30"}]',
      doc:
        'When the camera is armed, any number of windows a day, by the clock or by the sun (`dawn`, `sunrise`, `sunset`, `dusk`); without one, always.',
    }),
    holidays: list({
      reader: async () => (await readers()).holidays, expectation: 'a list of days', example: '["12-25","2026-04-03"]',
      doc: 'Days on which the timetable\'s windows for `holiday` count in place of those for the weekday.',
    }),
    arm_delay: duration({
      default: '0s', min: '0s', max: '1h',
      doc: 'How long everything must have allowed arming before the camera is armed: time to leave.',
    }),
    disarm_delay: duration({
      default: '0s', min: '0s', max: '1h',
      doc: 'How long something must have forbidden it before the camera is disarmed.',
    }),
    http: {
      url: text({
        default: '', pattern: orEmpty(/^https?:\/\/\S+$/), expectation: 'an http:// or https:// address', shown: 'host',
        doc:
          'Server that is asked whether the camera may be armed: POST with device and camera as JSON; 2xx allows it, 4xx does not.',
      }),
      every: duration({ default: '30s', min: '1s', max: '1h', doc: 'How often it is asked.' }),
      timeout: duration({ default: '5s', min: '100ms', max: '1m', doc: 'How long an answer is waited for.' }),
      without_answer: choice({
        default: 'armed', choices: ['armed', 'disarmed'], doc: 'What counts while it does not answer.',
      }),
    },
    presence: {
      topics: text({
        default: '', pattern: /^[^#+\0]*$/, expectation: 'MQTT topics without wildcards, with commas between',
        doc: 'Topics that say who is at home, one for each person or one for the house; armed only while nobody is.',
      }),
      home: text({
        default: 'home,on,true,1', pattern: ANY, expectation: 'words with commas between',
        doc: 'What such a topic says while somebody is at home; anything else means nobody.',
      }),
      unknown: choice({
        default: 'armed', choices: ['armed', 'disarmed'], doc: 'What counts while such a topic has said nothing.',
      }),
    },
  },
  motion: {
    sensitivity: ratio({
      default: 0.5, min: 0, max: 1, doc: 'How small a change counts: 0 only the plainest, 1 the faintest.',
    }),
    minimum_size: ratio({
      default: 0.0005, min: 0, max: 1, doc: 'Share of the picture that something must cover to count.',
    }),
    minimum_duration: duration({
      default: '400ms', min: '0s', max: '30s', doc: 'Time that motion must last before it becomes an event.',
    }),
    maximum_size: ratio({
      default: 1, min: 0.01, max: 1, doc: 'For experts: share of the picture beyond which a change is taken for light.',
    }),
    contrast: factor({
      default: 1, min: 0.25, max: 4,
      doc: 'For experts: multiplies the difference in brightness that counts; more for a noisy picture.',
    }),
    absorb: duration({
      default: '20s', min: '2s', max: '60s',
      doc: 'For experts: time that something must lie quite still to become part of the scene.',
    }),
  },
  zones: list({ reader: async () =>
    (await readers()).zones, expectation: 'a list of zones',
    example: '[{"name":"drive","polygon":[[0.1,0.5],[0.9,0.5],[0.9,1],[0.1,1]]}]',
    doc:
      'Parts of the picture where motion counts (`type` `include`, the default) or never counts (`exclude`), each with its own `sensitivity` and `minimum_size` if given; the whole picture counts where no zone includes.' }),
  lines: list({
    reader: async () => (await readers()).lines, expectation: 'a list of lines',
    example: '[{"name":"door","from":[0.3,0.8],"to":[0.7,0.8]}]',
    doc:
      'Lines at which things are counted: `in` from the left side to the right one, seen from `from` towards `to`, `out` back.',
  }),
  privacy_masks: list({
    reader: async () => (await readers()).privacyMasks, expectation: 'a list of masks',
    example: '[{"name":"neighbour","polygon":[[0,0],[0.3,0],[0.3,0.4]]}]',
    doc:
      'Parts of the picture that nobody may see: black in pictures always, and in video wherever the device encodes it itself; never analysed.',
  }),
  vision: {
    decode: choice({ default: 'auto', choices: ['auto', 'full'],
      doc:
        'Which pictures are decoded: `auto` only keyframes while the stream\'s packet sizes say that nothing happens, where they prove to tell; `full` all.' }),
    hardware: choice({ default: 'auto', choices: ['auto', 'off'],
      doc:
        'Whether the board\'s own decoder decodes for vision: `auto` where it is there and a trial with the camera\'s pictures succeeds, software otherwise.' }),
    frame_rate: integer({
      default: 5, min: 1, max: 15,
      doc: 'Pictures a second that are looked at, at most; more finds what is faster and costs more.',
    }),
  },
  faces: {
    mode: choice({
      default: 'on', choices: ['on', 'off'],
      doc: 'Whether faces are looked for in what moves, and compared with the people who have been named.',
    }),
    minimum_score: ratio({ default: 0.65, min: 0.3, max: 0.95, doc: 'How sure a face must be.' }),
    match: ratio({
      default: 0.5, min: 0, max: 1, doc: 'How alike a face must be to a named person to be called by the name.',
    }),
  },
  objects: {
    mode: choice({ default: 'off', choices: ['off', 'label', 'require'],
      doc:
        'Whether people, vehicles and animals are told apart in what moves: `label` says so in events, `require` makes events of nothing else.' }),
  },
  tamper: {
    covered: ratio({ default: 0.5, min: 0, max: 1, doc: 'How readily a covered camera is reported; 0 never.' }),
    defocused: ratio({
      default: 0.5, min: 0, max: 1, doc: 'How readily a picture that lost its focus is reported; 0 never.',
    }),
    moved: ratio({
      default: 0.5, min: 0, max: 1, doc: 'How readily a camera that looks elsewhere is reported; 0 never.',
    }),
    blinded: ratio({
      default: 0.5, min: 0, max: 1, doc: 'How readily a camera blinded by light is reported; 0 never.',
    }),
    frozen: ratio({
      default: 0.5, min: 0, max: 1,
      doc: 'How readily a picture that stands still, down to its noise, is reported; 0 never.',
    }),
  },
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
        'What has not been uploaded, or lies untaken in the device\'s own landing folder, when room is needed and nothing else is left to delete: `keep` it and record no more, or `delete` it, oldest first. Either raises an alarm. '
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
  web: {
    port: integer({ default: 8080, min: 1, max: 65_535, doc: 'Port of the device\'s own page.' }),
    host: text({ default: '0.0.0.0', pattern: /^[0-9a-fA-F:.]+$/, expectation: 'an IP address of this machine',
      doc: 'Address that the page is served on; 127.0.0.1 hides it from the network.' }),
  },
  bus: {
    port: integer({
      default: 1883, min: 1, max: 65_535, doc: 'Port of the MQTT broker inside the device, on 127.0.0.1 only.',
    }),
    prefix: text({
      default: 'tyto', pattern: /^[^\s#+$/\0](?:[^\s#+\0]{0,98}[^\s#+/\0])?$/,
      expectation: 'an MQTT topic without wildcards, at most 100 characters', doc: 'First part of every MQTT topic.',
    }),
    network: {
      port: integer({
        default: 0, min: 0, max: 65_535,
        doc:
          'Port on which the broker can be reached from the network, with TLS, user and password only; 0 for not at all.',
      }),
      host: text({
        default: '0.0.0.0', pattern: /^[0-9a-fA-F:.]+$/, expectation: 'an IP address of this machine',
        doc: 'Address of that port.',
      }),
      username: text({
        default: '', pattern: ANY, expectation: 'a user name',
        doc: 'User who may come in there: to listen, and to arm, record and trigger.',
      }),
      password: text({
        default: '', pattern: ANY, expectation: 'a password', shown: 'nothing',
        doc: 'The user\'s password, at least 12 characters.',
      }),
      certificate: text({
        default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
        doc: 'Certificate that is shown there.',
      }),
      key: text({
        default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', shown: 'nothing',
        doc: 'Private key of that certificate.',
      }),
    },
  },
  house: {
    url: text({ default: '', pattern: orEmpty(/^(?:mqtts?|wss?):\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an mqtt://, mqtts://, ws:// or wss:// address without user name and password',
      doc:
        'MQTT broker of the house, such as that of Home Assistant: what the device says goes there, too; without one, nowhere.' }),
    username: text({ default: '', pattern: ANY, expectation: 'a user name', doc: 'User of that broker.' }),
    password: text({
      default: '', pattern: ANY, expectation: 'a password', shown: 'nothing', doc: 'The user\'s password.',
    }),
    ca: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
      doc: 'Whose signature on that broker\'s certificate is believed; without, that of the system\'s authorities.',
    }),
    certificate: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
      doc: 'Certificate that the device shows to a broker that asks for one.',
    }),
    key: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', shown: 'nothing',
      doc: 'Private key of that certificate.',
    }),
    prefix: text({
      default: '', pattern: orEmpty(/^[^\s#+$/\0](?:[^\s#+\0]{0,98}[^\s#+/\0])?$/),
      expectation: 'an MQTT topic without wildcards, at most 100 characters',
      doc:
        'First part of the device\'s topics on that broker; without one, `bus.prefix`, a slash, and the device\'s name.',
    }),
    discovery: choice({
      default: 'on', choices: ['on', 'off'],
      doc: 'Whether the device appears in Home Assistant by itself; `off` takes it away there.',
    }),
    discovery_prefix: text({
      default: 'homeassistant', pattern: /^[^\s#+$/\0][^\s#+\0]{0,62}$/, expectation: 'an MQTT topic without wildcards',
      doc: 'Home Assistant\'s own first part of topics for discovery.',
    }),
  },
  upload: {
    target: choice({ default: 'directory', choices: TARGETS, doc: 'Where finished events are uploaded to.' }),
    ...uploadTargets,
    what: choice({ default: 'events', choices: ['all', 'events', 'pictures', 'on_demand'],
      doc:
        'What is uploaded without anybody asking: `all`, continuous recording too; `events` whole; of an event its manifest and `pictures`; or `on_demand`: the same, and the rest when the fleet asks for it.' }),
    rules: list({ reader: async () =>
      (await readers()).uploadRules,
      expectation: 'a list of rules', example: '[{"when":{"kinds":["person"],"people":"unknown"},"what":"events"}]',
      doc:
        'What goes of certain events whatever `upload.what` says: `events` whole, or their `pictures`. The first rule that an event fits counts: see [storage](../guide/storage.md#what-goes-and-when).' }),
    rate: size({
      default: '0', min: '0', max: '1T',
      doc:
        'Bytes a second that uploads take at most; 0 for all there are. Felt at once when it is changed in `config.json`.',
    }),
    windows: list({ reader: async () =>
      (await readers()).timetable, expectation: 'a list of windows', example: '[{"from":"23:00","to":"06:00"}]',
      doc:
        'Times in which clips, previews and large pictures go; at other times only manifests and small pictures do, and what the fleet asks for. Without any, at all times. Felt at once when changed in `config.json`.' }),
    metered: choice({
      default: 'off', choices: ['off', 'on'],
      doc:
        'Whether each byte costs: only manifests and small pictures go then, and what the fleet asks for. Felt at once when changed in `config.json`.',
    }),
    look_every: duration({
      default: '2m', min: '5s', max: '1d',
      doc:
        'How often the device looks whether the fleet has answered or asks for footage; in a folder every 5 s, where this is longer.',
    }),
    delete_after: choice({ default: 'acknowledged', choices: ['acknowledged', 'stored'],
      doc:
        'When an uploaded event may be deleted here to make room: once the fleet has checked and taken it (`acknowledged`; where no fleet ever answered, what is stored counts), or once it is `stored`.' }),
    fallback: {
      target: choice({
        default: 'none', choices: TARGETS, doc: 'Second store, which takes new events while the first one fails.',
      }),
      after: duration({
        default: '15m', min: '10s', max: '30d',
        doc: 'How long the first store has to fail before the second takes its place.',
      }),
      ...uploadTargets,
    },
  },
  outputs: list({ reader: async () =>
    (await readers()).outputs, shown: 'nothing', expectation: 'a list of outputs',
    example: '[{"name":"phone","type":"ntfy","topic":"my-secret-topic","when":{"kinds":["person"]}}]',
    doc:
      'Whom the device tells of events, any number, each with a `name` and a `type` (`webhook`, `script`, `tcp`, `mqtt`, `ntfy`, `pushbullet`, `telegram`, `email`, `gpio`): see [outputs](../guide/outputs.md).' }),
  inputs: list({ reader: async () =>
    (await readers()).inputs, expectation: 'a list of inputs',
    example: '[{"name":"door","pin":27,"bias":"up","active":"low"}]',
    doc:
      'Wires that tell the device something: a motion sensor that triggers (`does` `trigger`), a key switch that arms or disarms (`arm`, `disarm`): see [outputs](../guide/outputs.md#wires).' }),
  gpio: {
    driver: choice({ default: 'auto', choices: ['auto', 'libgpiod', 'rpio', 'simulated'],
      doc:
        'What moves the pins of `outputs` and `inputs`: `auto` takes libgpiod\'s tools, else `rpio` on a Raspberry Pi 1 to 4; where there are no pins they are simulated.' }),
  },
  log: {
    level: choice({
      default: 'info', choices: ['debug', 'info', 'warn', 'error'], doc: 'Least serious lines that are logged.',
    }),
    format: choice({
      default: 'text', choices: ['text', 'json'], doc: 'Log lines for people, or one JSON object each.',
    }),
  },
} as const;

export interface SettingTree { readonly [key: string]: Setting<unknown> | SettingTree }
type Values<T> = { readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : Values<T[K]> };
/** The values of all settings, frozen. */
export type Settings = Values<typeof settings>;
