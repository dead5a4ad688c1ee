/** Uploads that are wrong, each in one way. */
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { boxesIn } from '../../device/contract/mp4-boxes.ts';
import { eventId, manifestKey } from '../../device/contract/names.ts';
import { millis } from '../../device/core/units.ts';
import { Attacker, type Attack } from './attacker.ts';
import { ffmpeg, FRAGMENTED, hollow, makeClip, makePicture, sealed, scene, type Footage } from './footage.ts';
import { uploadOf, withManifest } from './uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const MB = 1024 * 1024;

/** Some seventy, around sound `footage`. */
export async function makeAttacks(footage: Footage): Promise<readonly Attack[]> {
  const { clip, picture } = footage;
  const text = (content: string): Buffer => Buffer.from(content);
  const html = text(`<!doctype html><script>alert(1)</script>${' '.repeat(2000)}`);
  const evil = new Attacker(footage);

  const boxes = [...boxesIn(clip)];
  const head = Buffer.concat(boxes.slice(0, 2).map(({ data }) => data));
  const media = boxes.findIndex(({ type }) => type === 'mdat');
  const torn = boxes.slice(0, media + 1);
  const damaged = Buffer.from(clip);
  damaged.fill(0x55, damaged.length - 9000, damaged.length - 200);
  const bogus = Buffer.from(clip);
  bogus.writeUInt32BE(0xffff_fff0, head.length);

  evil.media('clip.not-mp4', 'clip cut off', { picture, clip: clip.subarray(0, clip.length - 3000) });
  evil.media('clip.wrong-duration', 'clip cut off between fragments', {
    picture,
    clip: Buffer.concat(torn.map(({ data }) => data)),
  });
  evil.media('clip.undecodable', 'clip with overwritten pictures', { picture, clip: damaged });
  evil.media('clip.undecodable', 'clip of nothing but noise', { picture, clip: hollow(clip) });
  const altered = sealed(clip);
  altered.fill(0x55, altered.lastIndexOf('mdat') + 300, altered.lastIndexOf('mdat') + 600);
  evil.media('clip.altered', 'sealed clip that was altered', { picture, clip: altered });
  evil.media('clip.not-mp4', 'page named .mp4', { picture, clip: html });
  evil.media('clip.not-mp4', 'clip with a page behind it', { picture, clip: Buffer.concat([clip, html]) });
  evil.media('clip.not-mp4', 'clip with a page in front', { picture, clip: Buffer.concat([html, clip]) });
  evil.media('clip.not-mp4', 'clip with an archive behind it', {
    picture,
    clip: Buffer.concat([clip, text('PK\u0005\u0006'), Buffer.alloc(18)]),
  });
  evil.media('clip.not-mp4', 'clip without pictures', { picture, clip: head });
  evil.media('clip.not-mp4', 'clip with a box larger than the file', { picture, clip: bogus });
  evil.media('clip.not-mp4', 'head flooded with tiny boxes', {
    picture,
    clip: Buffer.concat([head.subarray(0, 28), flood('moov', 3 * MB)]),
  });
  evil.media('clip.not-mp4', 'head larger than any head', {
    picture,
    clip: Buffer.concat([head.subarray(0, 28), flood('moov', 5 * MB)]),
  });
  evil.media('clip.not-mp4', 'playlist named .mp4', {
    picture,
    clip: text('#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n'),
  });
  evil.media('clip.not-mp4', 'list of files named .mp4', {
    picture,
    clip: text("ffconcat version 1.0\nfile '/etc/passwd'\n"),
  });
  evil.media('clip.not-mp4', 'picture named .mp4', { picture, clip: picture });
  evil.media('clip.not-mp4', 'other codec', {
    picture,
    clip: await ffmpeg(...scene(1), '-c:v', 'mpeg4', ...FRAGMENTED),
  });
  evil.media('clip.not-mp4', 'sound alone', {
    picture,
    clip: await ffmpeg('-f', 'lavfi', '-i', 'sine', '-t', '1', '-c:a', 'aac', ...FRAGMENTED),
  });
  evil.media('clip.not-mp4', 'two videos in one clip', {
    picture,
    clip: await ffmpeg(
      ...scene(1),
      '-map',
      '0:v',
      '-map',
      '0:v',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      ...FRAGMENTED,
    ),
  });
  evil.media('clip.not-mp4', 'Matroska named .mp4', {
    picture,
    clip: await ffmpeg(...scene(1), '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'matroska'),
  });
  evil.media('clip.wrong-duration', 'a longer clip than told', { picture, clip: await makeClip(8, '64x48') });
  evil.media('clip.not-as-told', 'a smaller clip than told', { picture, clip: await makeClip(2, '64x48') });
  evil.media('clip.undecodable', 'pictures that would fill the memory', {
    picture,
    clip: await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=black:size=8000x6000:rate=1',
      '-t',
      '2',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      ...FRAGMENTED,
    ),
  });

  evil.media('picture.not-jpeg', 'page named .jpg', { clip, picture: html });
  evil.media('picture.not-jpeg', 'picture with a page behind it', { clip, picture: Buffer.concat([picture, html]) });
  evil.media('picture.not-jpeg', 'picture with an archive behind it', {
    clip,
    picture: Buffer.concat([picture, text('PK\u0003\u0004'), Buffer.alloc(26)]),
  });
  evil.media('picture.not-jpeg', 'page that begins as a picture', {
    clip,
    picture: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), html]),
  });
  evil.media('picture.not-jpeg', 'picture cut off', { clip, picture: picture.subarray(0, picture.length >> 1) });
  evil.media('picture.not-jpeg', 'PNG named .jpg', {
    clip,
    picture: await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=64x48',
      '-frames:v',
      '1',
      '-c:v',
      'png',
      '-f',
      'image2pipe',
    ),
  });
  evil.media('picture.not-jpeg', 'drawing with a script named .jpg', {
    clip,
    picture: text('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
  });
  evil.media('picture.not-jpeg', 'clip and picture swapped', { clip: picture, picture: clip });
  evil.media('picture.undecodable', 'a picture that would fill the memory', {
    clip,
    picture: await makePicture('9000x5000'),
  });

  evil.place('file.wrong-hash', 'clip of the same size with other bytes', (key, data) => [
    key,
    Buffer.alloc(data.byteLength, 'x'),
  ]);
  evil.place('file.wrong-size', 'larger clip than announced', (key, data) => [
    key,
    Buffer.concat([data, Buffer.alloc(10)]),
  ]);
  evil.place('file.wrong-size', 'clip of no bytes', (key) => [key, Buffer.alloc(0)]);
  evil.place('file.missing', 'no clip', () => undefined);
  evil.place('file.missing', 'clip beside its name', (key, data) => [key.replace('.mp4', '.MP4'), data]);
  evil.attacks.push({ ...strayOf(evil.attacks.at(-1)), title: 'the clip that lay beside' });
  evil.place(
    'file.missing',
    'link where the clip should be',
    () => undefined,
    (file) => symlink('/etc/hostname', file),
  );
  evil.place(
    'file.missing',
    'folder where the clip should be',
    () => undefined,
    (file) => mkdir(file, { recursive: true }).then(() => {}),
  );
  evil.place(
    'file.missing',
    'pipe where the clip should be',
    () => undefined,
    async (file) => {
      execFileSync('mkfifo', [file]);
    },
  );

  evil.event('file.name', 'files of another event', ({ clip: own, id }) => ({
    clip: { ...own, name: own?.name.replace(id, eventId(millis(NOON - 1), 0.1)) },
  }));
  evil.event('file.name', 'files of another device', ({ clip: own }) => ({
    clip: { ...own, name: own?.name.replace('evil', 'yard') },
  }));
  evil.event('file.name', 'the picture told as clip', ({ clip: own, snapshot }) => ({
    clip: { ...own, name: snapshot?.name },
  }));
  evil.event('manifest.invalid', 'a name that leads out of the folder', ({ clip: own }) => ({
    clip: { ...own, name: '../../../../etc/passwd' },
  }));
  evil.event('manifest.invalid', 'an absolute name', ({ clip: own }) => ({ clip: { ...own, name: '/etc/passwd' } }));
  evil.event('manifest.invalid', 'no bytes announced', ({ clip: own }) => ({ clip: { ...own, bytes: 0 } }));
  evil.event('manifest.invalid', 'an event that lasts', () => ({ end_time: null }));
  evil.event('manifest.invalid', 'a device that is a path', () => ({ device: '../yard' }));
  evil.event('manifest.invalid', 'a field that nobody knows', () => ({ admin: true }));
  evil.event('manifest.wrong-device', 'an event of another device', () => ({ device: 'yard' }));
  evil.event('file.too-large', 'a picture of 9 MB', ({ snapshot }) => ({ snapshot: { ...snapshot, bytes: 9 * MB } }));
  evil.event('file.too-large', 'a clip of 3 GB', ({ clip: own }) => ({ clip: { ...own, bytes: 3 * 1024 * MB } }));
  evil.event('event.inconsistent', 'an end before the start', ({ start_time: start }) => ({ end_time: start - 1 }));
  evil.event('event.inconsistent', 'an id of another time', ({ start_time: start }) => ({ start_time: start + 5 }));
  evil.event('event.inconsistent', 'a clip that is told away', () => ({ has_clip: false }));
  evil.event('event.future', 'a clip of next year', ({ clip: own, start_time: start }) => ({
    clip: { ...own, start_time: start + 4e7 },
  }));

  evil.raw('manifest.not-json', 'manifest that is no JSON', () => text('{"version": 1,'));
  evil.raw('manifest.not-json', 'manifest of no bytes', () => Buffer.alloc(0));
  evil.raw('manifest.not-json', 'manifest in another alphabet', () => Buffer.from([0x22, 0xff, 0xfe, 0x22]));
  evil.raw('manifest.invalid', 'manifest that is null', () => text('null'));
  evil.raw('manifest.invalid', 'manifest nested a hundred thousand deep', () =>
    text('['.repeat(1e5) + ']'.repeat(1e5)),
  );
  evil.raw('manifest.invalid', 'manifest with a poisoned prototype', (event) =>
    text(`{"__proto__": {"version": 1}, "event": ${JSON.stringify(event)}}`),
  );
  evil.raw('manifest.too-large', 'manifest of a megabyte', (event) =>
    text(JSON.stringify({ version: 1, event, producer: 'x'.repeat(MB) })),
  );
  evil.raw('manifest.version', 'manifest of a later version', (event) => text(JSON.stringify({ version: 2, event })));

  const future = uploadOf(footage, { device: 'evil-0', at: Date.parse('2036-01-01T00:00:00Z') });
  evil.attacks.push({
    title: 'event of another decade',
    objects: future.objects,
    key: manifestKey(future.event),
    code: 'event.future',
  });
  const moved = uploadOf({}, { device: 'evil-1', at: NOON + 500 });
  const elsewhere = manifestKey(moved.event).replace('/11/21/', '/11/22/');
  evil.attacks.push({
    title: 'manifest in the folder of another day',
    objects: withManifest(moved.event, [], elsewhere).objects,
    key: elsewhere,
    code: 'manifest.wrong-place',
  });

  evil.object('manifest.invalid', 'JSON in the root', 'loose.json', text('{}'));
  evil.object('file.no-manifest', 'file in the root', 'loose.mp4');
  evil.object('file.no-manifest', 'file with a strange name', 'evil-2/2026/\u202egpj.\n\u0007"<b>/ü .exe');
  evil.object('file.no-manifest', 'file with a very long name', `evil-2/${'x'.repeat(240)}`);
  evil.object('file.no-manifest', 'file deep down', `evil-2/${'d/'.repeat(100)}x`);
  evil.object('file.no-manifest', 'file in a folder named like a manifest', 'evil-2/folder.json/x');
  evil.object('file.no-manifest', 'empty file', 'evil-2/empty', Buffer.alloc(0));
  evil.attacks.push({
    title: 'link to a folder elsewhere',
    objects: [['evil-3/real', text('x')]],
    key: 'evil-3/real',
    code: 'file.no-manifest',
    extra: async (landing) => {
      await symlink('/etc', path.join(landing, 'evil-3', 'link'));
      await writeFile(path.join(landing, 'evil-3', '.hidden'), '');
    },
  });
  return evil.attacks;
}

/** The clip of an attack that lies where no manifest looks for it. */
function strayOf(attack: Attack | undefined): Attack {
  const key = [...attack?.objects ?? []].map(([name]) => name).find((name) => name.endsWith('.MP4')) ?? '';
  return { title: '', objects: [], key, code: 'file.no-manifest' };
}

/** A box of `bytes` full of boxes of 8 bytes. */
function flood(type: string, bytes: number): Buffer {
  const box = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 8) {
    box.writeUInt32BE(at === 0 ? bytes : 8, at);
    box.write(at === 0 ? type : 'free', at + 4);
  }
  return box;
}
