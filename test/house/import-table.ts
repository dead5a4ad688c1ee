/**
 * Who may import whom, as data. Anyone may import what stands in the same room; a room is the folder with the longest
 * name here that a file lies in. Composition roots wire rooms together and may import every room of their half.
 */

/** Every room, and the rooms that it may import besides itself. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  // What everything rests on, leaves first.
  'device/core': [],
  'device/contract': ['device/core'],
  'device/runtime': ['device/core', 'device/contract'],
  'device/durable': ['device/core', 'device/contract', 'device/runtime'],
  'device/media': ['device/core', 'device/contract', 'device/runtime'],

  // Shared by the two sides of one thing.
  'device/calendar': ['device/core', 'device/contract'],
  'device/vault': foundation(),
  'device/http': [...foundation(), 'device/vault'],
  'device/access': [...foundation(), 'device/http'],
  'device/landing': foundation(),
  'device/evidence': foundation(),
  'device/live': foundation(),
  'device/telling': foundation(),
  'device/ui': ['device/core', 'device/contract'],

  // The rooms of a device: siblings meet in a composition root or at the bus, never here.
  'device/config': foundation(),
  'device/camera': foundation(),
  'device/vision': foundation(),
  'device/watch': [...foundation(), 'device/calendar'],
  'device/recorder': [...foundation(), 'device/evidence', 'device/vault'],
  'device/archive': foundation(),
  'device/outputs': [...foundation(), 'device/calendar', 'device/telling'],
  'device/bus': foundation(),
  'device/uploader': [...foundation(), 'device/landing'],
  'device/web': [...foundation(), 'device/http', 'device/access', 'device/live', 'device/vault'],
  'device/web/ui': ['device/core', 'device/contract', 'device/ui'],

  // The rooms of a fleet.
  'fleet/config': foundation(),
  'fleet/balena': foundation(),
  'fleet/rollout': foundation(),
  'fleet/storage': [...foundation(), 'device/landing'],
  'fleet/ingest': [...foundation(), 'device/landing', 'device/evidence', 'device/vault'],
  'fleet/index': foundation(),
  'fleet/events': [...foundation(), 'device/telling'],
  'fleet/requests': [...foundation(), 'device/landing'],
  'fleet/notify': foundation(),
  'fleet/console': [...foundation(), 'device/http', 'device/access', 'device/vault'],
  'fleet/console/ui': ['device/core', 'device/contract', 'device/ui'],
  'fleet/vault': [...foundation(), 'device/http', 'device/access', 'device/landing'],
  'fleet/cloud': foundation(),
};

/** Files that see every room of their half of the house; only another of them may import one. */
export const roots: readonly RegExp[] = [
  /^device\/[a-z-]+\.ts$/,
  /^device\/cli\//,
  /^device\/[a-z-]+\/main\.ts$/,
  /^fleet\/[a-z-]+\.ts$/,
  /^fleet\/cli\//,
  /^fleet\/cloud\/main\.ts$/,
];

/** What a composition root of the fleet may use of a device's rooms. */
export const deviceRoomsOfFleet: readonly string[] = [
  ...foundation(), 'device/http', 'device/access', 'device/landing', 'device/evidence',
  'device/vault', 'device/vision', 'device/telling',
];

/** Packages that only these rooms may import: what each brings is translated there, once. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  'pino': ['device/runtime'],
  'pino-pretty': ['device/runtime'],
  'lowdb': ['device/durable'],
  'aedes': ['device/bus'],
  'mqtt': ['device/bus', 'fleet/events'],
  '@tensorflow/tfjs-core': ['device/vision'],
  '@tensorflow/tfjs-backend-wasm': ['device/vision'],
  '@tensorflow/tfjs-converter': ['device/vision'],
  '@tensorflow/tfjs-node': ['device/vision'],
  'rpio': ['device/outputs'],
  'nodemailer': ['device/outputs'],
  'suncalc': ['device/calendar'],
  'temporal-polyfill': ['device/calendar'],
  'raspberry-pi-camera-native': ['device/camera'],
  'koa': ['device/http', 'device/access', 'device/web', 'fleet/console', 'fleet/vault'],
  'koa-helmet': ['device/http'],
  '@koa/router': ['device/http', 'device/access', 'device/web', 'fleet/console', 'fleet/vault'],
  '@koa/bodyparser': ['device/http', 'device/access', 'device/web', 'fleet/console', 'fleet/vault'],
  '@koa/send': ['device/http', 'device/web', 'fleet/console'],
  'rate-limiter-flexible': ['device/access', 'fleet/vault'],
  '@tus/server': ['fleet/vault'],
  '@tus/file-store': ['fleet/vault'],
  'ws': ['device/web', 'fleet/console'],
  'preact': ['device/ui', 'device/web/ui', 'fleet/console/ui'],
  '@aws-sdk/client-s3': ['device/landing', 'fleet/storage', 'fleet/cloud'],
  '@aws-sdk/s3-request-presigner': ['fleet/storage'],
  '@azure/storage-blob': ['device/landing', 'fleet/storage'],
  '@google-cloud/storage': ['device/landing', 'fleet/storage'],
  '@aws-sdk/client-sqs': ['fleet/events', 'fleet/cloud'],
  'kafkajs': ['fleet/events'],
  '@aws-sdk/client-dynamodb': ['fleet/index'],
  'aws-cdk-lib': ['fleet/cloud'],
  'constructs': ['fleet/cloud'],
  'balena-sdk': ['fleet/balena'],
};

/** Rooms that run anywhere, and so import no Node.js module and no package but these. */
export const pureRooms: Readonly<Record<string, readonly string[]>> = {
  'device/core': [],
  'device/contract': ['zod'],
};

function foundation(): readonly string[] {
  return ['device/core', 'device/contract', 'device/runtime', 'device/durable', 'device/media'];
}
