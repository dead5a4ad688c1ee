/** Where finished events go, when, and what of them. */
import {
  choiceSetting as choice, durationSetting as duration, listSetting as list, sizeSetting as size,
} from '../setting.ts';
import { readers } from './checks.ts';
import { TARGETS, uploadTargets } from './upload-targets.ts';

export const uploadSettings = {
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
} as const;
