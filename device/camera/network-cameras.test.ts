import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { silentLog, type Log } from '../core/log.ts';
import { seconds } from '../core/units.ts';
import type { CameraState, TimedFragment } from './camera.ts';
import { fingerprintOf, makeCertificates, type Certificates } from './simulated/certificates.ts';
import { ENCODINGS, flashScene, makeClip } from './simulated/clips.ts';
import { MjpegCamera, type MjpegCameraOptions } from './simulated/mjpeg-camera.ts';
import type { RecordingSink } from './simulated/recording-sink.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { TlsFront } from './simulated/tls-front.ts';
import { hasFragments, watchCamera, type Watched } from './simulated/watch-camera.ts';
import { NOTHING_ASKED } from './wishes.ts';

const CREDENTIALS = { user: 'tyto', password: 's3c/r@t' };
const USER = 'tyto:s3c%2Fr%40t@';
const offline = ({ states }: RecordingSink): boolean => states.length >= 2;
const recorded = (sink: RecordingSink): boolean => hasFragments(sink, 1);

describe('cameras of the network', () => {
  let folder: string;
  let pictures: readonly Uint8Array[];
  let certificates: Certificates;
  // Cameras take their time: all of them run at once, each test then hears of one.
  const scenes = new Map<string, () => Promise<void>>();
  const running = new Map<string, Promise<void>>();
  const scene = (title: string, run: () => Promise<void>): void => {
    scenes.set(title, run);
    it(title, () => running.get(title));
  };
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-network-'));
    [certificates] = await Promise.all([
      makeCertificates(folder),
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-frames:v', '5', path.join(folder, '%d.jpg')),
      makeClip(...flashScene('320x240', 1, 2), ...ENCODINGS['plain.mp4'], path.join(folder, 'clip.mp4')),
    ]);
    pictures = await Promise.all([1, 2, 3, 4, 5].map((n) => readFile(path.join(folder, `${n}.jpg`))));
    for (const [title, run] of scenes) running.set(title, run());
    await Promise.allSettled(running.values());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const camera = (options: Partial<MjpegCameraOptions> = {}): MjpegCamera =>
    new MjpegCamera({ pictures, framesPerSecond: 10, ...options });

  /** Watches a camera that sends pictures. */
  async function watchHttp(
    where: string, seen: (sink: RecordingSink) => boolean,
    { watched = {}, ...options }: Partial<MjpegCameraOptions> & { readonly watched?: Watched } = {},
  ): Promise<
    {
      readonly sink: RecordingSink;
      readonly server: MjpegCamera;
      readonly last: CameraState | undefined;
      readonly host: string;
    }
  > {
    await using server = camera(options);
    const scheme = options.key === undefined ? 'http' : 'https';
    const host = `${scheme}://127.0.0.1:${await server.listen()}`;
    const sink = await watchCamera(
      `${host.replace('//', `//${options.credentials === undefined ? '' : USER}`)}${where}`, seen, watched,
    );
    return { sink, server, last: sink.states.at(-1), host };
  }

  describe('that answer with a single picture', () => {
    scene('are asked for one after the other, as often as is set, each with a password of its own', async () => {
      const rateOf = (parts: readonly TimedFragment[]): number =>
        parts.reduce((sum, { samples }) => sum + samples, 0)
          / (parts.reduce((sum, { duration }) => sum + duration, 0) / 1000);
      const { sink, server } = await watchHttp('/picture', (seen) =>
        hasFragments(seen, 3) && rateOf(seen.sessions[0]?.fragments.slice(-3) ?? []) > 1.5,
        {
          credentials: CREDENTIALS, authentication: 'SHA-256', watched: { asked: { ...NOTHING_ASKED, frame_rate: 4 } },
        });
      const [session] = sink.sessions;
      assert.deepEqual(session?.inits[0]?.size, { width: 320, height: 180 });
      const frameRate = rateOf(session?.fragments ?? []);
      assert.ok(frameRate < 5.5, `${frameRate} a second`);
      assert.equal(server.requests.filter(({ status }) => status === 401).length, 1, 'the challenge is asked for once');
      assert.equal(server.mostAtOnce, 1);
    });

    scene('are never asked while an answer is awaited', async () => {
      await using server = camera();
      server.slowness = 700;
      const sink = await watchCamera(`http://127.0.0.1:${await server.listen()}/picture`, (seen) =>
        hasFragments(seen, 2), { asked: { ...NOTHING_ASKED, frame_rate: 20 } });
      assert.equal(server.mostAtOnce, 1);
      assert.ok((sink.sessions[0]?.fragments[0]?.duration ?? 0) > 500);
    });

    scene('that stand still are seen to within the stall time, and stay offline until they move again', async () => {
      await using server = camera();
      const address = `http://127.0.0.1:${await server.listen()}/picture`;
      let stuck = false;
      const watching = watchCamera(address, (seen) => {
        if (hasFragments(seen, 1) && !stuck) stuck = server.stick = true;
        return seen.states.length >= 4;
      }, { stallTimeout: seconds(2), asked: { ...NOTHING_ASKED, frame_rate: 10 } });
      const statuses = (): readonly number[] => server.requests.map(({ status }) => status);
      // A connection that was made anew asks without knowing the picture: twice it is the same as before.
      await eventually('two connections', () =>
        statuses().slice(statuses().indexOf(304)).filter((status) => status === 200).length >= 2);
      server.stick = false;
      const sink = await watching;
      assert.deepEqual(sink.states.map(({ status }) => status), ['connecting', 'online', 'offline', 'online']);
      assert.deepEqual(sink.states[2], {
        status: 'offline', code: 'camera.frozen',
        reason: `${address.replace('/picture', '')} has shown one and the same picture for 2 s; ` +
          'one that takes a new picture more seldom needs a longer camera.stall_timeout',
      });
    });
  });

  describe('that stream pictures', () => {
    scene('are asked by digest, follow to another path, and show no more than is set', async () => {
      const { sink } = await watchHttp('/moved', (seen) => hasFragments(seen, 3),
        {
          credentials: CREDENTIALS, authentication: 'MD5', framesPerSecond: 20,
          watched: { asked: { ...NOTHING_ASKED, frame_rate: 5 } },
        });
      // Of thirty that it sends meanwhile.
      const samples = sink.sessions[0]?.fragments.slice(0, 3).map(({ samples: count }) => count) ?? [];
      assert.ok(samples.reduce((sum, count) => sum + count, 0) <= 14, `${samples.join()} pictures in each half second`);
    });

    scene('are offline with the reason when they send no pictures, or lead away, or refuse the password', async () => {
      const table: readonly (readonly [string, string, RegExp])[] = [
        ['/page', 'camera.no-video', /answers with text\/html, which is neither a JPEG picture nor a stream of them/],
        ['/none', 'camera.not-found', /has nothing under this path/],
        [
          '/elsewhere', 'camera.redirected',
          /leads to http:\/\/192\.0\.2\.7; if that is right, write that address in camera\.source$/,
        ],
      ];
      await Promise.all(table.map(async ([where, code, reason]) => {
        const { last } = await watchHttp(where, offline);
        assert.ok(last?.status === 'offline' && last.code === code, JSON.stringify(last));
        assert.match(last.reason, reason);
      }));
      await using server = camera({ credentials: CREDENTIALS, authentication: 'SHA-256' });
      const refused = await watchCamera(`http://tyto:wrong@127.0.0.1:${await server.listen()}/video`, offline);
      assert.ok(JSON.stringify(refused.states).includes('"camera.unauthorized"'));
      assert.ok(!JSON.stringify(refused.states).includes('wrong'));
    });

    scene('and then send garbage are connected anew', async () => {
      const { sink } = await watchHttp('/garbage', (seen) => seen.states.some(({ status }) => status === 'offline'));
      assert.ok(JSON.stringify(sink.states).includes('"camera.damaged","reason":"http://127.0.0.1'), sink.summary());
    });
  });

  describe('that protect what they send', () => {
    scene('are believed when their certificate is known: by its authority, by itself, or by its fingerprint', async () => {
      const { authority, signed, own, elsewhere } = certificates;
      const known: readonly (readonly [MjpegCameraOptions['key'], string])[] = [
        [signed, authority], [signed, await readFile(authority, 'utf8')],
        [own, own.cert.replaceAll('\n', ' ')], [elsewhere, fingerprintOf(elsewhere)],
      ];
      await Promise.all(known.map(async ([key, certificate]) => {
        const { sink } = await watchHttp('/picture', recorded, {
          ...(key === undefined ? {} : { key }), credentials: CREDENTIALS, authentication: 'MD5',
          watched: { certificate },
        });
        assert.equal(sink.states.at(-1)?.status, 'online');
      }));
    });

    scene(
      'are warned of when the certificate in camera.certificate is about to expire, unless its fingerprint is enough',
      async () => {
        const { own, signed, authority } = certificates;
        const known = [[own, own.cert], [signed, authority], [own, fingerprintOf(own)]] as const;
        const said = await Promise.all(known.map(async ([key, certificate]) => {
          const warnings: string[] = [];
          const log: Log = { ...silentLog, warn: (sentence) => { warnings.push(sentence); } };
          await watchHttp('/picture', recorded, { key, watched: { certificate, log } });
          return warnings.filter((sentence) =>
            /^the certificate of https:\/\/127\.0\.0\.1:\d+ expires on /.test(sentence)).length;
        }));
        assert.deepEqual(said, [1, 1, 0]);
      },
    );

    scene('are told nothing, not even a user name, when it is not; the reason says what to do', async () => {
      const { authority, own, elsewhere, signed } = certificates;
      const table: readonly (readonly [MjpegCameraOptions['key'], string, RegExp])[] = [
        [
          own, '',
          /signs its certificate itself, as many cameras do, so nobody vouches for it; if this is your camera, set camera\.certificate to sha256:([0-9A-F]{2}:){31}[0-9A-F]{2}, or to a PEM file/,
        ],
        [signed, '', /is signed by an authority that is not known here/],
        [elsewhere, authority, /is for another host \(DNS:cam\.lan\)/],
        [own, fingerprintOf(signed), /shows another certificate than the one in camera\.certificate/],
        [own, path.join(folder, 'none.pem'), /expected a PEM file with certificates, but .*none\.pem cannot be read/],
      ];
      await Promise.all(table.map(async ([key, certificate, reason]) => {
        const { last, server } = await watchHttp('/picture', offline, {
          ...(key === undefined ? {} : { key }), credentials: CREDENTIALS, watched: { certificate },
        });
        assert.ok(last?.status === 'offline' && last.code === 'camera.certificate', JSON.stringify(last));
        assert.match(last.reason, reason);
        assert.deepEqual(server.requests, []);
      }));
    });

    scene('are held to that over RTSP, too', async () => {
      const { authority, own, signed } = certificates;
      await using inner = new RtspCamera({ file: path.join(folder, 'clip.mp4'), credentials: CREDENTIALS });
      const port = await inner.listen();
      await using front = new TlsFront(signed, port);
      await using stranger = new TlsFront(own, port);
      const [host, strange] = await Promise.all([front.listen(), stranger.listen()]);
      const [sink, pinned, refused] = await Promise.all([
        watchCamera(`rtsps://${USER}127.0.0.1:${host}/live`, recorded, { certificate: authority }),
        watchCamera(`rtsps://${USER}127.0.0.1:${host}/live`, recorded, { certificate: fingerprintOf(signed) }),
        watchCamera(`rtsps://${USER}127.0.0.1:${strange}/live`, offline, { certificate: authority }),
      ]);
      assert.deepEqual([sink, pinned].map(({ states }) => states.at(-1)), [{ status: 'online' }, { status: 'online' }]);
      assert.equal(sink.sessions[0]?.session.label, `rtsps://127.0.0.1:${host}`);
      const last = refused.states.at(-1);
      assert.ok(last?.status === 'offline' && last.code === 'camera.certificate', JSON.stringify(last));
      assert.ok(last.reason.includes(fingerprintOf(own))
        && last.reason.startsWith(`rtsps://127.0.0.1:${strange} signs its certificate itself`), last.reason);
      assert.equal(stranger.received, 0);
    });
  });
});
