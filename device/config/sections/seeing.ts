/** What is seen in the pictures, and where it counts. */
import {
  choiceSetting as choice, durationSetting as duration, factorSetting as factor, integerSetting as integer,
  listSetting as list, ratioSetting as ratio,
} from '../setting.ts';
import { readers } from './checks.ts';

export const seeingSettings = {
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
} as const;
