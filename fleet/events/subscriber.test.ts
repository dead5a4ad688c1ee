import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hours, seconds } from '../../device/core/units.ts';
import { eventOf, tellingFolder } from '../../test/fleet/telling.ts';
import { kerberosMessage } from './kerberos-message.ts';
import { matches } from './matches.ts';
import type { FleetMessage } from './message.ts';
import { readSubscribers } from './read-subscribers.ts';

const KAFKA = { name: 'bus', type: 'kafka', brokers: ['k1:9092'], topic: 'events' };
const refused = (list: unknown, message: RegExp) =>
  assert.rejects(readSubscribers(JSON.stringify(list)), { code: 'events.settings', message });

describe('the setting that names who is told of events', () => {
  it('is a JSON list, or a file that holds one, or nothing', async () => {
    await using place = await tellingFolder();
    const file = path.join(place.folder, 'events.json');
    await writeFile(file, JSON.stringify([KAFKA]));
    const [plan] = await readSubscribers(file);
    assert.deepEqual(plan, {
      ...KAFKA, type: 'kafka', format: 'tyto', timeout: seconds(20), keep: hours(7 * 24),
      client_id: 'tyto-fleet', tls: false,
    });
    assert.deepEqual(await readSubscribers(' '), []);
    await assert.rejects(readSubscribers('/no/such.json'), {
      code: 'events.settings', message: /TYTO_FLEET_EVENTS, file \/no\/such\.json: it cannot be read/,
    });
    await assert.rejects(readSubscribers('[{"password": "geheim",}]'), ({ code, message }: Error & { code: string }) =>
      code === 'events.settings' && !message.includes('geheim'));
  });

  it('names certificates and keys that are there', async () => {
    await using place = await tellingFolder();
    const ca = path.join(place.folder, 'ca.pem');
    await writeFile(ca, 'any');
    const hub = { name: 'hub', type: 'mqtt', url: 'mqtts://hub' };
    await readSubscribers(JSON.stringify([{ ...KAFKA, tls: true }, { ...hub, tls: { ca } }]));
    const list = [{ ...KAFKA, tls: { ca: '/no/ca.pem', cert: ca } }, { ...hub, tls: { key: place.folder } }];
    await assert.rejects(readSubscribers(JSON.stringify(list)), {
      code: 'events.settings',
      message: [
        'TYTO_FLEET_EVENTS: subscriber "bus": tls.ca: what was given (10 characters, not shown) names no file that is '
        + 'there (ENOENT); it must be a PEM file',
        '  TYTO_FLEET_EVENTS: subscriber "hub": tls.key: '
        + `what was given (${place.folder.length} characters, not shown) is a folder and no file; it must be a PEM file`,
      ].join('\n'),
    });
  });

  it('tells everything that is wrong at once, and no secret', async () => {
    const list = [
      { ...KAFKA, brokers: ['https://k1'], sasl: { mechanism: 'magic', username: 'u', password: 'geheim' } },
      { name: 'bus', type: 'mqtt', url: 'mqtt://user:geheim@host', topic: 'a/#', secret: 1 },
      { name: 'q', type: 'sqs', queue: 'queue', region: 'EU', access_key_id: 'x' },
    ];
    await assert.rejects(readSubscribers(JSON.stringify(list)), ({ message }: Error) => {
      for (const part of [
        /subscriber "bus": brokers\.1 must be a list of host:port/,
        /sasl\.mechanism must be one of plain, scram-sha-256, scram-sha-512/,
        /topic must be an MQTT topic without wildcards/,
        /there is no setting "secret"/, /queue must be the address of a queue/, /region must be a region/,
      ]) assert.match(message, part);
      assert.doesNotMatch(message, /geheim/);
      return true;
    });
    await refused([KAFKA, KAFKA], /name must be another than that of an entry before/);
    await refused(
      [{ name: 'q', type: 'sqs', queue: 'https://sqs/1/q', region: 'eu-central-1', access_key_id: 'x' }],
      /go together, one of them is missing/,
    );
    await refused([{ name: 'm', type: 'mqtt', url: 'mqtt://host', tls: {} }], /tls goes with mqtts:\/\/ only/);
    await refused(
      [{ name: 'm', type: 'mqtt', url: 'mqtt://user:geheim@host' }], /url must hold no user name and password/,
    );
    await refused([{ name: 'm', type: 'fax' }], /type must be one of kafka, sqs, mqtt, webhook/);
    await refused({}, /the list must be a list/);
  });
});

describe('which messages a subscriber is told', () => {
  const event = eventOf(1, { kinds: ['motion', 'person'], top_score: 0.7 });
  const message: FleetMessage = {
    version: 1, id: 'x', type: 'event.accepted', at: 1, account: 'home', device: 'yard', event,
  };
  const told = async (when: object, about: FleetMessage = message, format = 'tyto') => {
    const [plan] = await readSubscribers(JSON.stringify([{ ...KAFKA, format, when }]));
    assert.ok(plan);
    return matches(plan, about);
  };

  it('goes by type, device, and all that rules ask of events', async () => {
    assert.deepEqual(await Promise.all([
      told({}), told({ types: ['event.rejected'] }), told({ devices: ['yard', 'shed'] }),
      told({ devices: ['shed'] }), told({ kinds: ['person'] }),
      told({ kinds: ['vehicle'] }), told({ score: 0.8 }),
    ]), [true, false, true, false, true, false, false]);
  });

  it('leaves out continuous recording unless asked for it, and what is of no event where events are asked for', async () => {
    const piece = { ...message, event: eventOf(1, { kinds: ['continuous'], label: 'continuous' }) };
    const { event: _, ...rejected } = { ...message, type: 'event.rejected' as const };
    assert.deepEqual(await Promise.all([
      told({}, piece), told({ continuous: true }, piece),
      told({ continuous: true, kinds: ['person'] }), told({}, rejected), told({ kinds: ['person'] }, rejected),
    ]), [false, true, true, true, false]);
  });

  it('are clips alone in the format of Kerberos', async () => {
    assert.deepEqual(await Promise.all([
      told({}, message, 'kerberos'), told({}, { ...message, event: { ...event, clip: null } }, 'kerberos'),
    ]), [true, false]);
  });
});

describe('a message in the format of Kerberos Vault', () => {
  it('names the recording and has what its consumers read, numbers in the metadata as text', () => {
    const event = eventOf(1);
    const { clip } = event;
    assert.ok(clip);
    const written = kerberosMessage({
      ...event, clip: { ...clip, start_time: 1_795_252_530.474 },
    }, 'yard/2026/11/21/', { at: 1_795_256_130.5, account: 'home' });
    assert.deepEqual(written, {
      date: 1_795_256_130, source: 'tyto', provider: 'kstorage',
      request: 'persist', events: ['monitor', 'sequence', 'analysis', 'throttler', 'notification'],
      payload: {
        key: `yard/2026/11/21/${clip.name}`, fileSize: clip.bytes, is_fragmented: false,
        bytes_ranges: '', bytes_range_on_time: null,
        metadata: {
          'capture': 'IPCamera', 'uploadtime': '1795256130', 'productid': 'yard',
          'publickey': 'home', 'event-timestamp': '1795252530', 'event-microseconds': '474',
          'event-instancename': 'yard', 'event-regioncoordinates': '10-20-110-220',
          'event-numberofchanges': '900', 'event-token': '15000',
        },
      },
    });
  });
});
