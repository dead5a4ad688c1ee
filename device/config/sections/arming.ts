/** When it is watched, and by which clock. */
import {
  choiceSetting as choice, durationSetting as duration, listSetting as list, numberSetting as number,
  textSetting as text,
} from '../setting.ts';
import { ANY, orEmpty, readers } from './checks.ts';

function timeZoneFault(value: string): string | undefined {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value === '' ? 'UTC' : value }).format(0) === '' ? 'nothing'
      : undefined;
  } catch {
    return `"${value}", which is no time zone that this machine knows`;
  }
}

export const armingSettings = {
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
} as const;
