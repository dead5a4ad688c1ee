import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from '../core/log.ts';
import { fingerprintOf, makeCertificates } from './simulated/certificates.ts';
import { ENCODINGS, flashScene, makeClip } from './simulated/clips.ts';
import { MjpegCamera } from './simulated/mjpeg-camera.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { TlsFront } from './simulated/tls-front.ts';
import { hasFragments, watchCamera } from './simulated/watch-camera.ts';

const SECRET = 'Tr0ub4dor';
const CREDENTIALS = { user: 'tyto', password: SECRET };
const USER = `tyto:${SECRET}@`;

interface SeenProcess { readonly command: string; readonly environment: string; readonly status: string }

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it ended meanwhile, or is not ours
  }
};

/** All processes of the machine, as its administrator sees them. */
const processes = (): readonly SeenProcess[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((id) => ({
  command: readOr(`/proc/${id}/cmdline`).replaceAll('\0', ' '),
  environment: readOr(`/proc/${id}/environ`), status: readOr(`/proc/${id}/status`),
}));

/** Writes everything down. */
function hearingLog(lines: string[]): Log {
  const hear = (message: string, facts?: unknown): void => { lines.push(`${message} ${JSON.stringify(facts)}`); };
  const log: Log = { debug: hear, info: hear, warn: hear, error: hear, child: () => log };
  return log;
}

describe('what a camera\'s programs may do and know', function () {
  let folder: string;
  let clip: string;
  const secretsBefore = process.env['TYTO_TEST_SECRET'];
  before(async function () {
    if (!existsSync('/proc/self/status')) this.skip();
    process.env['TYTO_TEST_SECRET'] = SECRET;
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-rights-'));
    clip = path.join(folder, 'clip.mp4');
    await Promise.all([
      makeClip(...flashScene('320x240', 1, 2), ...ENCODINGS['plain.mp4'], clip),
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-frames:v', '3', path.join(folder, '%d.jpg')),
    ]);
  });
  after(async () => {
    if (secretsBefore === undefined) delete process.env['TYTO_TEST_SECRET'];
    await rm(folder ?? '', { recursive: true, force: true });
  });

  it('is to read what comes: no password is in their arguments or environment, nor in the log; they are nobody, and gain nothing', async () => {
    const certificates = await makeCertificates(folder);
    const pictures = await Promise.all([1, 2, 3].map((n) => readFile(path.join(folder, `${n}.jpg`))));
    await using rtsp = new RtspCamera({ file: clip, credentials: CREDENTIALS });
    const port = await rtsp.listen();
    await using front = new TlsFront(certificates.own, port);
    await using http = new MjpegCamera({
      pictures, framesPerSecond: 5, credentials: CREDENTIALS, authentication: 'SHA-256',
    });
    await using https = new MjpegCamera({
      pictures, framesPerSecond: 5, credentials: CREDENTIALS, authentication: 'MD5', key: certificates.own,
    });
    const [tlsPort, httpPort, httpsPort] = await Promise.all([front.listen(), http.listen(), https.listen()]);
    const lines: string[] = [];
    let seen: readonly SeenProcess[] = [];
    const certificate = fingerprintOf(certificates.own);
    let running = 0;
    const all = (source: string): ReturnType<typeof watchCamera> => {
      let counted = false;
      return watchCamera(source, (sink) => {
        if (hasFragments(sink, 1) && (sink.sessions[0]?.frames.length ?? 0) > 0 && !counted) {
          counted = true;
          if (++running === 5) seen = processes();
        }
        return running === 5;
      }, { certificate, log: hearingLog(lines) });
    };
    await Promise.all([
      all(`rtsp://${USER}127.0.0.1:${port}/live?token=${SECRET}`), all(`rtsps://${USER}127.0.0.1:${tlsPort}/live`),
      all(`http://${USER}127.0.0.1:${httpPort}/video`),
      all(`http://${USER}127.0.0.1:${httpPort}/picture`), all(`https://${USER}127.0.0.1:${httpsPort}/picture`),
    ]);
    const ours = seen.filter(({ command, status }) =>
      status.includes(`PPid:\t${process.pid}\n`) && command.includes(' -protocol_whitelist pipe'));
    assert.ok(ours.length >= 5, `${ours.length} programs`);
    assert.deepEqual(seen.filter(({ command }) => command.includes(SECRET)), []);
    assert.ok(lines.length > 0 && !lines.join('\n').includes(SECRET), 'in the log');
    assert.deepEqual(ours.filter(({ environment }) => environment.includes(SECRET)).length, 0, 'in the environment');
    if (ours.some(({ status }) => !/^NoNewPrivs:\t1$/m.test(status))) return; // a system without setpriv
    const isRoot = process.getuid?.() === 0;
    for (const { status, command } of ours) {
      assert.match(status, /^CapEff:\t0+$/m, command);
      if (isRoot) assert.match(status, /^Uid:\t65534\t65534\t65534\t65534$/m, command);
    }
    const whitelists = ours.map(({ command }) => /-protocol_whitelist (\S+)/.exec(command)?.[1]);
    assert.deepEqual(new Set(whitelists), new Set(['pipe', 'pipe,rtsp,tcp']));
  });
});
