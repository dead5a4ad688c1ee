import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, describeError } from '../core/errors.ts';
import { describeOrigins } from './describe-origins.ts';
import { deviceId } from './identity.ts';
import { allSettings, environmentName, loadSettings } from './load-settings.ts';

describe('settings', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-config-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));

  const config = (text: string): Promise<void> => writeFile(path.join(data, 'config.json'), text);
  const load = (env: Record<string, string> = {}) => loadSettings({ TYTO_DATA: data, ...env });
  const refusal = async (env: Record<string, string> = {}): Promise<string> => {
    const error = await load(env).then(() => undefined, (cause: unknown) => cause);
    assert.ok(error instanceof ConfigError, 'a ConfigError was expected');
    return error.message;
  };

  it('have a default, a range and a sentence each', async () => {
    for (const [key, setting] of allSettings()) {
      await setting.prepare?.();
      const written = setting.defaultText === 'none' && setting.default !== 'none' ? ''
        : setting.defaultText.replaceAll('"', '');
      assert.notEqual(setting.parse(written), undefined, `${key} refuses its own default`);
      assert.match(setting.doc, /^[A-Z`].*\.$/, key);
    }
  });

  it('take defaults, then the file, then the environment', async () => {
    await config('{"motion": {"sensitivity": 0.7}, "recording": {"pre_roll": "8s", "mode": "both"}}');
    const { values } = await load({ TYTO_RECORDING_MODE: 'continuous', TYTO_WEB_PORT: '9000' });
    assert.deepEqual(
      [values.motion.sensitivity, values.recording.pre_roll, values.recording.mode, values.web.port, values.bus.port],
      [0.7, 8000, 'continuous', 9000, 1883],
    );
  });

  it('are refused where a section is unknown, even an empty one; a known one may be empty', async () => {
    await config('{"motoin": {}, "motion": {}, "web": {"prot": {}}}');
    const message = await refusal();
    assert.match(
      message,
      /^2 problems in the settings\n.*config\.json: motoin: no such setting.*\n.*config\.json: web\.prot: no such setting/,
    );
    await config('{"motion": {}}');
    assert.equal((await load()).values.motion.sensitivity, 0.5);
  });

  it('say of places which one is wrong, and of what is no JSON where', async () => {
    const zones = JSON.stringify([{ name: 'drive', polygon: [[0, 0], [1.4, 0], [1, 1]] }]);
    assert.match(await refusal({
      TYTO_ZONES: zones,
    }), /TYTO_ZONES: .*, but zone "drive", corner 2: x must be from 0 to 1, got 1\.4$/);
    assert.match(await refusal({ TYTO_ZONES: '[{' }), /TYTO_ZONES: .*, but it is not JSON: .*position 2/);
  });

  it('say what a target of uploads lacks, and never what it has', async () => {
    const lacks = async (env: Record<string, string>): Promise<string> => (await load(env)).lacks.join('; ');
    assert.equal(await lacks({ TYTO_UPLOAD_TARGET: 's3', TYTO_UPLOAD_S3_SECRET_ACCESS_KEY: 'hush' }),
      'upload.target: is s3, which needs upload.s3.bucket, upload.s3.access_key_id, empty as yet');
    for (const [target, lack] of [
      ['azure', 'azure.sas'], ['gcs', 'gcs.key'], ['vault', 'vault.key'], ['kerberos-vault', 'kerberos.directory'],
      ['kerberos-hub', 'kerberos.region'],
    ] as const) {
      assert.match(await lacks({ TYTO_UPLOAD_TARGET: target }), new RegExp(`is ${target}, .*upload\\.${lack}`));
    }
    assert.equal(await lacks({
      TYTO_UPLOAD_TARGET: 'vault', TYTO_UPLOAD_VAULT_URL: 'https://fleet.example.org', TYTO_UPLOAD_VAULT_KEY: 'key',
    }), '');
  });

  it('can come from another file, in the place of config.json', async () => {
    await config('{"motion": {"sensitivity": 0.7, "minimum_size": 0.01}}');
    const other = path.join(data, 'other.json');
    await writeFile(other, '{"motion": {"sensitivity": 0.6}}');
    const { values: { motion } } = await loadSettings({ TYTO_DATA: data, TYTO_MOTION_MINIMUM_DURATION: '1s' }, other);
    assert.deepEqual([motion.sensitivity, motion.minimum_size, motion.minimum_duration], [0.6, 0.0005, 1000]);
  });

  it('name that other file when it is missing, broken or wrong', async () => {
    const other = path.join(data, 'other.json');
    const refused = (expected: RegExp) => assert.rejects(loadSettings({ TYTO_DATA: data }, other), (error: unknown) =>
      error instanceof ConfigError && error.message.includes(other) && expected.test(error.message));
    await refused(/^there is no settings file /);
    await writeFile(other, '{"motion": ');
    await refused(/ is not JSON/);
    await writeFile(other, '{"motion": {"sensitivity": 30}}');
    await refused(/: motion\.sensitivity: must be .* from 0 to 1/);
  });

  it('are told in one line with where they came from', async () => {
    assert.equal(describeOrigins(await load()), 'all settings have their defaults');
    await config('{"motion": {"sensitivity": 0.7}, "recording": {"pre_roll": "8s", "mode": "both"}}');
    assert.equal(describeOrigins(await load({ TYTO_RECORDING_MODE: 'continuous\n', TYTO_WEB_PORT: '9000' })),
      'config.json: motion.sensitivity 0.7, recording.pre_roll "8s"; environment: recording.mode "continuous", web.port "9000"');
  });

  it('may have white space around them, as pasted variables have', async () => {
    const { values } = await load({
      TYTO_CAMERA_SOURCE: ' rtsp://admin:s3cret@10.0.0.9/x\n', TYTO_RECORDING_MODE: 'both\n',
      TYTO_WEB_PORT: '9000\n', TYTO_CAMERA_NAME: ' yard ',
      TYTO_UPLOAD_S3_SECRET_ACCESS_KEY: 'hush\n', TYTO_UPLOAD_S3_BUCKET: ' \n',
    });
    assert.deepEqual(
      [
        values.camera.source, values.recording.mode, values.web.port, values.camera.name,
        values.upload.s3.secret_access_key, values.upload.s3.bucket,
      ],
      ['rtsp://admin:s3cret@10.0.0.9/x', 'both', 9000, 'yard', 'hush', ''],
    );
  });

  it('name an environment variable after their path', () =>
    assert.equal(environmentName('upload.s3.access_key_id'), 'TYTO_UPLOAD_S3_ACCESS_KEY_ID'));

  it('report every problem at once: where, what was expected, what came', async () => {
    await config(
      '{"motion": {"sensitivity": 30, "sensitivty": 0.5}, "recording": {"pre_roll": 10}, "camera": {"source": "demmo"}}',
    );
    const message = await refusal({
      TYTO_WEB_PORT: '99999', TYTO_RECORDING_MOD: 'event', TYTO_CAMERA_SOURCE: 'ftp://cam.lan/a',
    });
    assert.match(message, /^7 problems in the settings/);
    assert.match(
      message, /config\.json: camera\.source: must be auto, attached, demo, .* \(default "auto"\), got "demmo"\n/,
    );
    assert.match(
      message, /TYTO_CAMERA_SOURCE: must be auto, .*rtsp:\/\/host\/path.* \(default "auto"\), got "ftp:\/\/…"$/m,
    );
    assert.match(message, /config\.json: motion\.sensitivity: must be a ratio from 0 to 1 \(default 0\.5\), got 30/);
    assert.match(message, /motion\.sensitivty: no such setting; did you mean motion\.sensitivity\?/);
    assert.match(message, /recording\.pre_roll: must be a duration from 0s to 60s \(default 5s\), got 10; write 10s$/m);
    assert.match(message, /TYTO_WEB_PORT: must be a whole number from 1 to 65535 \(default 8080\), got "99999"/);
    assert.match(message, /TYTO_RECORDING_MOD: no such setting; did you mean TYTO_RECORDING_MODE\?/);
  });

  it('say which setting was probably meant, and how a share is written, also in short', async () => {
    const message = await refusal({
      TYTO_ZONE: '[]', TYTO_LINE: '[]', TYTO_MOTION_SENSITIVITY: '60%', TYTO_FACES_MATCH: 'half',
    });
    assert.match(message, /TYTO_ZONE: no such setting; did you mean TYTO_ZONES\?/);
    assert.match(message, /TYTO_LINE: no such setting; did you mean TYTO_LINES\?/);
    assert.match(message, /must be a ratio from 0 to 1 \(default 0\.5\), got "60%"; write 0\.6$/m);
    assert.match(message, /got "half"; write a number such as 0\.5$/m);
  });
  it('say how a duration and a size are written', async () => {
    const got = async (name: string, value: string) => (await refusal({ [name]: value })).split('got ')[1];
    assert.equal(await got('TYTO_RECORDING_PRE_ROLL', '5'), '"5"; write 5s');
    assert.equal(await got('TYTO_RECORDING_PRE_ROLL', 'long'), '"long"; write a number and its unit: ms, s, m, h or d');
    assert.equal(
      await got('TYTO_RECORDING_PRE_ROLL', '500'), '"500"; write a number and its unit: ms, s, m, h or d',
      '500 s would be too long',
    );
    assert.equal(await got('TYTO_RECORDING_PRE_ROLL', '90s'), '"90s"');
    for (const size of ['20GB', '20 gib', '20g'])
      assert.equal(await got('TYTO_RETENTION_MAX_BYTES', size), `"${size}"; write 20G`);
    assert.equal(
      await got('TYTO_RETENTION_MAX_BYTES', 'much'), '"much"; write bytes, or a number with K, M, G or T',
    );
  });

  it('say how days of a timetable are written', async () => {
    const got = async (days: unknown) =>
      refusal({ TYTO_ARMING_TIMETABLE: JSON.stringify([{ days, from: '06:00', to: '07:00' }]) });
    assert.match(await got('monday'), /entry 1: days must be a list of monday to .*, such as \["monday", "friday"\],/);
    assert.match(await got(['mo']), /entry 1: days must be one of monday to sunday, .*, got "mo"/);
  });

  it('say what belongs in a group in whose place a value stands', async () => {
    await config('{"motion": 0.5}');
    assert.match(
      await refusal(), /: motion: must be a group of settings in braces, as \{"sensitivity": …\} \(sensitivity, .*, got a number$/,
    );
    await config('{"upload": {"s3": "s3cret"}}');
    assert.match(await refusal(), /: upload\.s3: must be a group of settings .*, got a string$/);
  });

  it('of another file than config.json are not to be moved away: nobody needs them', async () => {
    const file = path.join(data, 'other.json');
    await writeFile(file, '{');
    await assert.rejects(loadSettings({ TYTO_DATA: data }, file), { message: /other\.json is not JSON.*; mend it$/ });
    await assert.rejects(loadSettings({ TYTO_DATA: data }, data), { message: /is a folder; name a file of settings$/ });
  });

  it('may stand by their whole path', async () => {
    await config('{"motion.sensitivity": 0.25, "motion": {"contrast": 0.5}}');
    assert.equal((await load()).values.motion.sensitivity, 0.25);
  });

  it('that are a folder are no file', async () => {
    await mkdir(path.join(data, 'config.json'));
    assert.match(await refusal({}), /config\.json is a folder; move it away/);
  });

  it('never show a password, neither of what is refused nor of what is taken', async () => {
    await config(
      '{"upload": {"s3": {"secret_access_key": 12345678}}, "camera": {"source": ["rtsp://admin:s3cret@10.0.0.9"]}}',
    );
    const refused = await refusal({
      TYTO_CAMERA_SOURCE: 'rtsp://admin:s3cret@10.0.0.9/x\nb',
      TYTO_UPLOAD_S3_ENDPOINT: 'https://admin:s3cret@store.lan',
      TYTO_UPLOAD_S3_ACCESS_KEY_ID: 'KEY\ns3cret',
    });
    assert.match(refused, /^5 problems/);
    assert.match(
      refused, /TYTO_UPLOAD_S3_ENDPOINT: must be an http:\/\/ or https:\/\/ address without user name and password/,
    );
    assert.doesNotMatch(refused, /12345678|s3cret|admin/);
    await config('{"upload": {"s3": {"secret_access_key": "12345678", "access_key_id": "s3cret"}}}');
    for (const source of [
      'rtsp://admin:s3cret 10.0.0.9/x', 'admin:s3cret@10.0.0.9', 'rtsp:/10.0.0.9/s3cret',
      'rtmp://admin:s3cret@10.0.0.9/x',
    ]) {
      assert.doesNotMatch(await refusal({ TYTO_CAMERA_SOURCE: source }), /12345678|s3cret|admin/, source);
    }
    for (const source of ['rtsp://admin:s3cret@10.0.0.9/x', 'http://10.0.0.9/video?pwd=s3cret'])
      assert.doesNotMatch(describeOrigins(await load({ TYTO_CAMERA_SOURCE: source })), /12345678|s3cret|admin/, source);
    assert.match(
      describeOrigins(await load({ TYTO_CAMERA_SOURCE: 'rtsp://admin:s3cret@10.0.0.9/x' })),
      /environment: camera\.source "rtsp:\/\/10\.0\.0\.9\/…"/,
    );
    assert.match(
      describeOrigins(await load({ TYTO_CAMERA_SOURCE: '/dev/v4l/by-path/pci-0000:00:14.0-usb' })),
      /camera\.source "\/dev\/v4l\/by-path\/pci-0000:00:14\.0-usb"/,
    );
  });

  it('leave a broken file as it is and say what to do', async () => {
    await config('{"motion": ');
    assert.match(await refusal(), /config\.json is not JSON; mend it, or move it away/);
    assert.equal(await readFile(path.join(data, 'config.json'), 'utf8'), '{"motion": ');
    await config('{\n  "motion": 1,\n}');
    assert.match(await refusal(), /config\.json is not JSON \(see line 3, column 1\)/);
    await config('{"camera": {"source": hunter2}}');
    assert.doesNotMatch(describeError(await load().catch((error: unknown) => error)), /hunter2/);
  });

  it('doubt a section or a setting that stands twice, of which only the last counts, and say where', async () => {
    const doubt = async (): Promise<string> => (await load()).doubts.join('\n');
    await config('{\n  "motion": {"sensitivity": 0.6},\n  "camera": {},\n  "motion": {"contrast": 0.5}\n}');
    assert.match(await doubt(), /config\.json: motion stands more than once, in lines 2 and 4; put them together/);
    await config('{"motion": {"sensitivity": 0.6, "sensitivity": 0.4}}');
    assert.match(await doubt(), /motion\.sensitivity stands more than once, in line 1; put/);
    assert.equal((await load()).values.motion.sensitivity, 0.4, 'a device that was updated watches on');
  });

  it('doubt a zone, line or mask that can hardly be meant so, and take it all the same', async () => {
    await config(JSON.stringify({
      zones: [{ name: 'wall', polygon: [[0, 0.9], [1, 0.9], [1, 0.92]] }],
      lines: [{ name: 'door', from: [0.5, 0.5], to: [0.52, 0.5] }],
      privacy_masks: [{ name: 'bow', polygon: [[0.1, 0.1], [0.3, 0.2], [0.3, 0.1], [0.1, 0.2]] }],
    }));
    const { values, doubts } = await load();
    assert.deepEqual([values.zones.length, values.lines.length, values.privacy_masks.length], [1, 1, 1]);
    assert.deepEqual(doubts.map((doubt) => doubt.split(':')[0]), ['zone "wall"', 'line "door"', 'mask "bow"']);
  });

  it('say that the data folder is a file, where it is one', async () => {
    await config('{}');
    const file = path.join(data, 'config.json');
    for (const folder of [file, path.join(file, 'data')]) {
      const told = await refusal({ TYTO_DATA: folder });
      assert.equal(told, `${folder}, or what it lies in, is a file; set TYTO_DATA to a folder`);
    }
  });

  it('leave alone what belongs to tyto-fleet', async () => { await load({ TYTO_FLEET_PORT: 'x' }); });
});

describe('device id', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-identity-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));

  it('is made once and kept', async () => {
    const first = await deviceId(data, '', {});
    assert.match(first, /^tyto-[0-9a-f]{8}$/);
    assert.equal(await deviceId(data, '', {}), first);
  });
  it('is the setting, or else balena\'s', async () => {
    assert.equal(await deviceId(data, 'gate', { BALENA_DEVICE_UUID: 'abc' }), 'gate');
    assert.equal(await deviceId(data, '', { BALENA_DEVICE_UUID: 'abc123' }), 'abc123');
  });
});
