/** Any number of hostile deliveries, drawn from a seed: each is wrong in a way that no honest device is. */
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { clipFacts, hollow, sealed, type Footage } from './footage.ts';
import { manifestOf, mediaOf, uploadOf, type Upload } from './uploads.ts';

export interface Hostile {
  readonly family: string;
  readonly objects: readonly (readonly [key: string, data: Uint8Array])[];
}

/** As many devices as do it; `device` of the honest one is none of them. */
const DEVICES = 8;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');

/** mulberry32: the same numbers for the same seed everywhere, in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param honest - Name of a device whose events some of them claim to be. */
export function* hostileObjects(
  footage: Footage, honest: string, count: number, seed: number,
): Generator<Hostile, void> {
  const draw = new Draw(footage, honest, seeded(seed));
  const families = Object.keys(FAMILIES) as (keyof typeof FAMILIES)[];
  for (let n = 0; n < count; n++) {
    const family = families[n % families.length] ?? 'truncated';
    yield { family, objects: FAMILIES[family](draw, n) };
  }
}

class Draw {
  readonly footage: Footage;
  readonly sealedClip: Buffer;
  readonly honest: string;
  readonly random: () => number;
  constructor(footage: Footage, honest: string, random: () => number) {
    this.footage = footage;
    this.sealedClip = sealed(footage.clip);
    this.honest = honest;
    this.random = random;
  }

  /** From 0, less than `below`. */
  int(below: number): number { return Math.floor(this.random() * below); }
  one<T>(...all: readonly [T, ...T[]]): T { return all[this.int(all.length)] ?? all[0]; }
  bytes(count: number): Buffer { return Buffer.from(Array.from({ length: count }, () => this.int(256))); }

  /** An upload whose manifest tells the truth of its bytes. */
  upload(n: number, footage: Partial<Footage> = this.footage): Upload {
    return uploadOf(footage, {
      device: `evil-${n % DEVICES}`, at: START + (n * 61_000) % (19 * DAY_MS), random: this.random(),
      facts: clipFacts(this.footage.clip),
    });
  }

  /** `data` in its place, of a clip or of a picture. */
  media(n: number, make: (own: Buffer) => Buffer): Hostile['objects'] {
    const { clip, picture } = this.footage;
    return [
      ...this.upload(n, this.random() < 0.5 ? { clip: make(clip), picture } : { picture: make(picture) }).objects,
    ];
  }

  /** A sound upload, its manifest told otherwise. */
  told(n: number, change: (event: TytoEvent) => object): Hostile['objects'] {
    const upload = this.upload(n);
    return [...mediaOf(upload), [manifestKey(upload.event), manifestOf({ ...upload.event, ...change(upload.event) })]];
  }

  raw(n: number, manifest: (event: TytoEvent) => string): Hostile['objects'] {
    const upload = this.upload(n);
    return [...mediaOf(upload), [manifestKey(upload.event), Buffer.from(manifest(upload.event))]];
  }
}

const PAGE = `<!doctype html><script>fetch('/api/owner')</script>${' '.repeat(3000)}`;
const FOREIGN: readonly [Buffer, ...Buffer[]] = [
  Buffer.from(PAGE), Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>'),
  Buffer.from('GIF89a/*<svg/onload=alert(1)>*/=0;'),
  Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array<number>(200).fill(0)]),
  Buffer.from('MZ\u0090\0\u0003'.padEnd(300, '\0')),
  Buffer.from('#EXTM3U\n#EXTINF:10,\nhttp://169.254.169.254/latest/meta-data/\n'),
  Buffer.from("ffconcat version 1.0\nfile '/etc/shadow'\n"),
  Buffer.from('RIFF\u0010\0\0\0WEBPVP8 '.padEnd(200, '\0')),
  Buffer.from('\u001aE\u00df\u00a3matroska', 'latin1'), Buffer.from('[InternetShortcut]\nURL=file:///etc/passwd'),
];
const TAILS: readonly [Buffer, ...Buffer[]] = [
  Buffer.from(PAGE), Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)]),
  Buffer.from('<?php system($_GET[0]);'), Buffer.from('\0'),
];

/** A box of MP4. */
const box = (type: string, ...content: readonly Uint8Array[]): Buffer => {
  const data = Buffer.concat([Buffer.alloc(8), ...content]);
  data.writeUInt32BE(data.length);
  data.write(type, 4, 'latin1');
  return data;
};

/** A head of JPEG that claims a picture of `side` x `side`. */
const hugeJpeg = (side: number): Buffer => Buffer.from([
  0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0,
  0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...Array<number>(64).fill(0x55), 0xff, 0xd9,
]);

type Family = (draw: Draw, n: number) => Hostile['objects'];

const FAMILIES = {
  truncated: (draw, n) => draw.media(n, (own) => own.subarray(0, 1 + draw.int(own.length - 200))),
  'wrong type': (draw, n) => draw.media(n, () => draw.one(...FOREIGN)),
  polyglot: (draw, n) => draw.media(n, (own) => draw.random() < 0.6
    ? Buffer.concat([own, draw.one(...TAILS)]) : Buffer.concat([draw.one(...FOREIGN), own])),
  noise: (draw, n) =>
    draw.media(n, (own) =>
      draw.one(draw.bytes(1 + draw.int(3000)), Buffer.concat([own.subarray(0, 40 + draw.int(400)), draw.bytes(2000)]))),
  'wrong hash': (draw, n) => [...draw.upload(n).objects].map(([key, data]) => {
    const copy = Buffer.from(data);
    if (!key.endsWith('.json')) copy[draw.int(copy.length)] = (copy[0] ?? 0) ^ (1 + draw.int(255));
    return [key, copy.equals(data) && !key.endsWith('.json') ? Buffer.concat([data, Buffer.from('x')]) : copy] as const;
  }),
  'wrong size': (draw, n) => [...draw.upload(n).objects].map(([key, data]) =>
    [key, key.endsWith('.json') ? data : Buffer.concat([data, draw.bytes(1 + draw.int(500))])] as const),
  altered: (draw, n) => {
    const clip = Buffer.from(draw.sealedClip);
    const at = clip.indexOf('moof') + draw.int(clip.length - clip.indexOf('moof') - 1);
    clip.fill((clip[at] ?? 0) ^ 0x5a, at, Math.min(clip.length, at + 1 + draw.int(2000)));
    return [...draw.upload(n, { clip, picture: draw.footage.picture }).objects];
  },
  hollow: (draw, n) => [...draw.upload(n, { clip: hollow(draw.footage.clip), picture: draw.footage.picture }).objects],
  'wrong device': (draw, n) => {
    const { event, objects } = uploadOf(draw.footage, {
      device: draw.honest, at: START + n * 1000, random: draw.random(),
    });
    const here = (key: string): string => key.replace(`${draw.honest}/`, `evil-${n % DEVICES}/`);
    return draw.random() < 0.5
      ? [...objects].map(([key, data]) => [here(key), data] as const)
      : [[here(manifestKey(event)), manifestOf({ ...event, device: `evil-${n % DEVICES}` })]];
  },
  'traversal names': (draw, n) => draw.told(n, ({ clip, snapshot }) => {
    const name = draw.one(
      '../../../etc/passwd',
      '/etc/passwd', '..\\..\\x.mp4', 'a/../../b.mp4', `${snapshot?.name}\0.mp4`, '.', '..', '%2e%2e%2fx.mp4',
      'con.mp4', `x${'y'.repeat(300)}.mp4`, '\u202e4pm.exe',
    );
    return draw.random() < 0.5 ? { clip: { ...clip, name } } : { snapshot: { ...snapshot, name } };
  }),
  'names of others': (draw, n) => draw.told(n, ({ clip, snapshot, id }) => ({
    clip: { ...clip, name: draw.one(
      clip?.name.replace(/evil-\d/, draw.honest), snapshot?.name, clip?.name.replace(id, '1795252530.123456-k3x9ab'),
    ) },
  })),
  'huge pictures': (draw, n) => [...draw.upload(n, { picture: hugeJpeg(draw.one(65_535, 40_000, 20_000)) }).objects],
  'endless boxes': (draw, n) => {
    const head = draw.footage.clip.subarray(0, draw.footage.clip.readUInt32BE(0));
    const flood = Buffer.concat(Array.from({ length: 20_000 }, () => box('free')));
    return [...draw.upload(n, { clip: draw.one(
      Buffer.concat([draw.footage.clip, flood, box('mdat').subarray(0, 7)]),
      Buffer.concat([head, box('moov', flood)]), Buffer.concat([head, flood]),
    ) }).objects];
  },
  'deep nesting': (draw, n) => {
    let deep = box('free');
    for (let depth = 0; depth < 3000; depth++) deep = box(draw.one('moov', 'trak', 'mdia', 'udta'), deep);
    return [
      ...draw.upload(n, {
        clip: Buffer.concat([draw.footage.clip.subarray(0, draw.footage.clip.readUInt32BE(0)), deep]),
      }).objects,
    ];
  },
  'sizes that lie': (draw, n) => {
    const clip = Buffer.from(draw.footage.clip);
    clip.writeUInt32BE(
      draw.one(0, 1, 2, 7, 0x7fff_ffff, 0xffff_ffff),
      draw.one(0, clip.readUInt32BE(0), clip.indexOf('moof') - 4, clip.indexOf('mdat') - 4),
    );
    return [...draw.upload(n, { clip, picture: draw.footage.picture }).objects];
  },
  'JSON bombs': (draw, n) => draw.raw(n, (event) => draw.one(
    '['.repeat(50_000), `{"version":1,"event":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
    '9'.repeat(200_000), `"${'\\u0000'.repeat(30_000)}"`,
    JSON.stringify({ version: 1, event, producer: 'x'.repeat(300_000) }),
    `{"__proto__":{"version":1},"event":${JSON.stringify(event)}}`, '\ufeff\ufffe',
  )),
  'lies about time': (draw, n) => draw.told(n, ({ start_time: start, clip }) => draw.one<object>(
    { end_time: start - 1 - draw.int(1000) },
    { start_time: start + 2 + draw.int(100_000) }, { end_time: 253_402_300_799 }, { end_time: null },
    { clip: { ...clip, start_time: 2e9 + draw.int(1e9) } }, { start_time: -1 }, { end_time: 'now' },
  )),
  'lies about the clip': (draw, n) => draw.told(n, ({ clip }) => draw.one<object>(
    { clip: { ...clip, duration: 60 + draw.int(1000) } },
    { clip: { ...clip, width: 1 + draw.int(100) } }, { clip: { ...clip, codec: 'hvc1.1.6.L93.B0' } },
    { has_clip: false }, { clip: null }, { has_snapshot: false }, { clip: { ...clip, bytes: 3 * 2 ** 30 } },
  )),
  'no contract': (draw, n) => draw.told(n, (event) => {
    const field = draw.one<keyof TytoEvent>(
      'id', 'device', 'camera', 'kinds', 'label', 'start_time', 'box', 'boxes', 'clock', 'snapshot',
    );
    const value = draw.one<unknown>(undefined, { a: 1 }, 'x'.repeat(1000), -1e308, [[[]]], '../x');
    return { [field]: JSON.stringify(event[field]) === JSON.stringify(value) ? 7 : value };
  }),
  'strange keys': (draw, n) => {
    const name = draw.one('\u202egpj', 'a"b', '<b>', '%2e%2e', 'x y', '~', "';--", 'CON', '$(id)', '`id`');
    const extension = draw.one('exe', 'json', 'mp4', 'html');
    return [[`evil-${n % DEVICES}/${name}-${n}.${extension}`, draw.one(...FOREIGN)]];
  },
  'false reports': (draw, n) => [[
    `evil-${n % DEVICES}/reports/${draw.one('17', '1795256130-k3x9ab')}${n}.json`,
    draw.one(Buffer.from('{'), Buffer.alloc(300_000, 32), draw.bytes(50)),
  ]],
} as const satisfies Readonly<Record<string, Family>>;

