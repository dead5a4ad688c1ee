/**
 * What `npm run bench` can measure, in its order. By themselves, so that `--help` needs nothing that is measured with.
 */
export const sectionSubjects = {
  motion: 'objects found and false boxes by condition; events in empty scenes',
  cost: 'CPU of the whole path against ffmpeg that only decodes',
  steady: 'what a device that runs takes of a processor at a quiet camera, for --minutes',
  decode: 'whether events stay the same when not everything is decoded',
  step: 'one look of the motion detector, without decoding',
  faces: 'faces found in photographs; time and memory of a look',
  live: 'how soon the live picture is there and how far behind it is, in a browser',
  latency: 'time from a picture that a camera shows to the word over MQTT, --runs times',
  kills: 'a recording device killed at random moments, --runs times',
  encrypt: 'CPU of encrypted recording, with and without AES in the processor',
  told: '10,000 events while a webhook is down: what noting them costs, and whether all arrive, once and in order',
  catalogue: 'a device\'s catalogue with a million events: pages of its list, and how soon a start may record',
  index: 'the fleet\'s index with ten million rows: lists of a device\'s day and others',
  hostile: '1,000 hostile deliveries to the fleet: what becomes visible, and what ingest grows to',
  ingest: 'a clip of 2 MB taken in by the fleet, against decoding it once; pictures a minute',
  events:
    '10,000 events that a fleet tells Kafka, SQS, MQTT and a webhook, which are away at first: rates, and whether all arrive in order',
  replicas: '2,000 events to replicas of the library, one of which is away, is killed twice and withdraws the key',
  chain:
    '1,000 events (with --full 10,000) from a device\'s queue to a fleet\'s library, with all that `upload` does to them, and the fleet killed',
  upload: '10,000 events to an S3 server whose line is cut 50 times, that is killed, and withdraws the key',
  memory: 'resident memory of a whole device on the demo camera, for --minutes',
} as const;
export type SectionName = keyof typeof sectionSubjects;
export const sectionNames = Object.keys(sectionSubjects) as readonly SectionName[];
