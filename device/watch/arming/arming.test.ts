import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { eventually } from '../../../test/eventually.ts';
import type { ArmingView } from '../../contract/arming.ts';
import { silentLog } from '../../core/log.ts';
import { millis, minutes, seconds } from '../../core/units.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { Arming, type ArmingRules } from './arming.ts';

const HOUR = minutes(60);
const at = (text: string) => millis(Date.parse(text));

async function scene(change: Partial<ArmingRules> = {}, { start = at('2026-11-21T12:00:00Z'), isSet = true } = {}) {
  const clock = new VirtualClock(start);
  const told: ArmingView[] = [];
  let on = true;
  const rules: ArmingRules = {
    fixed: undefined, timetable: [],
    calendar: { timeZone: 'Europe/Berlin', place: undefined, holidays: [] }, http: undefined, presence: undefined,
    delays: { arm: 0, disarm: 0 }, ...change,
  };
  const arming = await Arming.open(rules, {
    armSwitch: { get on() { return on; }, set: async (to) => { on = to; } }, clock,
    clockIsSet: () => isSet, onChange: (view) => told.push(view), log: silentLog,
  });
  const stop = new AbortController();
  const running = arming.run(stop.signal);
  return { arming, clock, told, async [Symbol.asyncDispose]() { stop.abort(); await running; } };
}

/** A server that answers with `status`, or not at all. */
async function server(answer: { status: number | undefined }) {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const http = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    request.setEncoding('utf8').on('data', (body: string) => asked.push(body));
    if (answer.status !== undefined) response.writeHead(answer.status).end();
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    asked, authorizations, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/may-i`,
    async [Symbol.asyncDispose]() { http.closeAllConnections(); http.close(); await once(http, 'close'); },
  };
}

const until = (check: () => boolean): Promise<boolean> => eventually('it has asked', check);

describe('whether a camera is armed', () => {
  it('is told in one sentence, and turned by the switch', async () => {
    await using scenery = await scene();
    const { arming, told } = scenery;
    assert.deepEqual(arming.view, {
      armed: true, switch: true, managed: false, reason: 'Armed: the switch is on.', next: null,
    });
    await arming.turn(false);
    assert.deepEqual([arming.armed, told.at(-1)?.reason], [false, 'Not armed: the switch is off.']);
  });

  it('is fixed where the settings say so', async () => {
    await using scenery = await scene({ fixed: 'on' });
    await assert.rejects(scenery.arming.turn(false), { code: 'arming.managed', message: /set that to free/ });
    await scenery.arming.turn(true);
    assert.deepEqual(
      [scenery.arming.view.managed, scenery.arming.view.reason], [true, 'Armed: the switch is on by the settings.'],
    );
  });

  describe('goes by the timetable', () => {
    const timetable = [
      { days: ['daily' as const], from: '22:00', to: '06:00' },
      { days: ['daily' as const], from: '12:00', to: '12:30' },
    ];

    it('through a whole day', async () => {
      await using scenery = await scene({ timetable }, { start: at('2026-11-20T23:00:00Z') });
      const { arming, clock, told } = scenery;
      assert.deepEqual([arming.view.reason, arming.view.next], [
        'Armed: the switch is on and the timetable arms until 06:00.', at('2026-11-21T05:00:00Z') / 1000,
      ]);
      const hours = new Map<string, boolean>();
      for (let minute = 0; minute < 24 * 60; minute++) {
        hours.set(new Date(clock.now()).toISOString().slice(11, 16), arming.armed);
        await clock.advance(minutes(1));
      }
      const armed = [...hours].filter(([, is]) => is).map(([clockTime]) => clockTime);
      assert.deepEqual([
        armed.length, armed[0], armed.includes('04:59'), armed.includes('05:00'), armed.includes('11:15'),
        armed.includes('11:30'), armed.includes('21:00'),
      ],
        [8 * 60 + 30, '23:00', true, false, true, false, true]);
      assert.deepEqual(told.map(({ armed: is }) => is), [false, true, false, true]);
      assert.equal(told[0]?.reason, 'Not armed: it is outside of the timetable until 12:00.');
    });

    for (const [name, day, hours] of [
      ['forward', '2026-03-28T23:00:00Z', 7.5], ['back', '2026-10-24T22:00:00Z', 9.5],
    ] as const) {
      it(`on the day when clocks are put ${name}`, async () => {
        await using scenery = await scene({ timetable }, { start: at(day) });
        const { arming, clock } = scenery;
        let armed = 0;
        const length = name === 'forward' ? 23 : 25;
        for (let minute = 0; minute < length * 60; minute++) {
          if (arming.armed) armed++;
          await clock.advance(minutes(1));
        }
        assert.equal(armed / 60, hours);
      });
    }

    it('only where the place is known, if it goes by the sun: otherwise it counts as armed, and says so', async () => {
      await using scenery = await scene({ timetable: [{ days: ['daily'], from: 'sunset', to: 'sunrise' }] });
      assert.match(scenery.arming.view.reason, /^Armed: .*location\.latitude and location\.longitude are not set/);
    });

    it('only once the clock is set: before, it counts as armed', async () => {
      await using scenery = await scene({ timetable }, { start: at('2026-11-21T15:00:00Z'), isSet: false });
      assert.match(scenery.arming.view.reason, /^Armed: .* the clock is not set yet/);
    });

    it('with the day where that is not near, and says when it is never', async () => {
      await using weekly = await scene({ timetable: [{ days: ['wednesday'], from: '08:00', to: '09:00' }] });
      assert.equal(weekly.arming.view.reason, 'Not armed: it is outside of the timetable until Wednesday 08:00.');
      await using never = await scene({ timetable: [{ days: ['holiday'], from: '08:00', to: '09:00' }] });
      assert.equal(never.arming.view.reason, 'Not armed: the timetable arms at no time of the week.');
      await using always = await scene({ timetable: [{ days: ['daily'], from: '00:00', to: '24:00' }] });
      assert.equal(always.arming.view.reason, 'Armed: the switch is on and the timetable arms all week.');
    });
  });

  it('gives time to leave, and says how much is left', async () => {
    await using scenery = await scene({ delays: { arm: 30_000, disarm: 0 } });
    const { arming, clock } = scenery;
    await arming.turn(false);
    await arming.turn(true);
    assert.deepEqual([arming.armed, arming.view.reason], [false, 'Not armed yet, armed in 30 s: the switch is on.']);
    await clock.advance(seconds(29));
    assert.equal(arming.armed, false);
    await clock.advance(seconds(2));
    assert.equal(arming.armed, true);
  });

  it('goes by who is at home: armed when nobody is', async () => {
    await using scenery = await scene({
      presence: { topics: ['home/ann', 'home/bob'], home: ['home', 'ON'], unknown: 'disarmed' },
    });
    const { arming } = scenery;
    assert.equal(arming.view.reason, 'Not armed: nobody knows who is at home (nothing came on home/ann, home/bob).');
    arming.heard('home/ann', 'not_home');
    arming.heard('home/bob', ' Home ');
    assert.equal(arming.view.reason, 'Not armed: somebody is at home.');
    arming.heard('home/bob', 'not_home');
    assert.equal(arming.view.reason, 'Armed: the switch is on and nobody is at home.');
  });

  describe('asks a server', () => {
    const question = (url: string, withoutAnswer: 'armed' | 'disarmed') =>
      ({ url, every: millis(HOUR), timeout: millis(300), withoutAnswer, device: 'barn', camera: 'yard' });
    const asked = async (
      status: number | undefined, withoutAnswer: 'armed' | 'disarmed',
    ): Promise<ArmingView & { readonly body: string | undefined }> => {
      await using http = await server({ status });
      await using scenery = await scene({ http: question(http.url, withoutAnswer) });
      await until(() => !/not asked yet/.test(scenery.arming.view.reason));
      return { ...scenery.arming.view, body: http.asked[0] };
    };

    it('which allows it or not', async () => {
      const yes = await asked(204, 'disarmed');
      assert.deepEqual([yes.armed, yes.reason, yes.body], [
        true, 'Armed: the switch is on and the server of arming.http says yes.', '{"device":"barn","camera":"yard"}',
      ]);
      assert.deepEqual([(await asked(403, 'armed')).reason], ['Not armed: the server of arming.http says no.']);
    });

    it('with user and password, which are shown to nobody', async () => {
      await using http = await server({ status: 204 });
      const address = new URL(http.url);
      const signedIn = http.url.replace('http://', 'http://ann:gehe%40im@');
      await using scenery = await scene({ http: question(signedIn, 'disarmed') });
      await until(() => scenery.arming.armed);
      assert.deepEqual(http.authorizations, [`Basic ${Buffer.from('ann:gehe@im').toString('base64')}`]);
      await using silent = await scene({ http: question(`http://ann:geheim@127.0.0.1:1/${address.port}`, 'armed') });
      await until(() => !/not asked yet/.test(silent.arming.view.reason));
      assert.doesNotMatch(silent.arming.view.reason, /geheim|ann/);
    });

    it('and goes by the settings when that fails or does not answer in time', async () => {
      assert.match((await asked(500, 'armed')).reason, /^Armed: .*does not answer \(status 500\), which counts as yes/);
      assert.match(
        (await asked(undefined, 'disarmed')).reason,
        /^Not armed: .*does not answer \(no answer in time\), which counts as no/,
      );
    });
  });
});
