/** The `uploader` process: what has ended goes to the store that its owner chose, and what the device says to the broker of the house. */
import path from 'node:path';
import { ArchiveReader } from '../archive/archive-reader.ts';
import { wordsIn } from '../config/words-in.ts';
import { systemClock } from '../runtime/clock.ts';
import { keepRunning } from '../runtime/keep-running.ts';
import { reportReady, runRole } from '../runtime/role.ts';
import { supervise, type Task } from '../runtime/supervise.ts';
import { startRole } from '../start-role.ts';
import { openTarget } from './open-target.ts';
import { RETRY } from './plan.ts';
import { UploadQueue } from './queue.ts';
import { Uploader } from './uploader.ts';

await runRole(async (signal) => {
  const { settings, device, log, topics, place, joinBus } = await startRole('uploader');
  const { upload, house } = settings;
  await using bus = joinBus();
  const uploads = async (stop: AbortSignal, onReady: () => void): Promise<void> => {
    const store = openTarget({
      target: upload.target,
      directory: {
        path: upload.directory === '' ? place.landing : path.resolve(upload.directory),
        create: upload.directory === '',
      },
      s3: {
        endpoint: upload.s3.endpoint, region: upload.s3.region, bucket: upload.s3.bucket, prefix: upload.s3.prefix,
        accessKeyId: upload.s3.access_key_id, secretAccessKey: upload.s3.secret_access_key,
      },
    });
    using queue = UploadQueue.open(place.uploads, log);
    using reader = new ArchiveReader(place.archive, log);
    const uploader = new Uploader({
      target: upload.target, store, queue, mediaFolder: place.media, device, retry: RETRY, clock: systemClock, random: Math.random, log,
      events: { endedAfter: (seq, limit) => reader.view.endedAfter(seq, limit), generation: () => reader.view.generation(), whyGone: (id) => reader.view.whyGone(id) },
      onStatus: (status) => bus.publish(topics.uploads, JSON.stringify(status), { retain: true, qos: 1 }),
    });
    onReady();
    await uploader.run(stop);
  };
  const joinHouse: Task = (stop) => keepRunning('the house\'s broker', async () => {
    const { runHouse } = await import('../bus/house/open-house.ts');
    await runHouse({
      house, localPrefix: settings.bus.prefix, device, camera: settings.camera.name, presence: wordsIn(settings.arming.presence.topics),
      data: place.data, bus, clock: systemClock, log: log.child('house'),
    }, stop);
  }, { clock: systemClock, log }, stop);
  const tellOthers: Task = (stop) => keepRunning('outputs and inputs', async () => (await import('../outputs/main.ts')).runOutputs(stop), { clock: systemClock, log }, stop);
  const others = {
    ...(house.url === '' ? {} : { house: joinHouse }),
    ...(settings.outputs.length + settings.inputs.length === 0 ? {} : { outputs: tellOthers }),
  };
  if (Object.keys(others).length === 0) return uploads(signal, reportReady);
  reportReady(); // an alarm must not wait for a mistake in the settings of the store
  await supervise({ ...others, uploads: (stop) => keepRunning('the store', () => uploads(stop, () => {}), { clock: systemClock, log }, stop) }, signal);
});
