/**
 * The outputs and inputs of a device, wired. They live in the `uploader` process, which
 * loads this only where one is set up.
 */
import { spawn } from 'node:child_process';
import { ArchiveReader } from '../archive/archive-reader.ts';
import type { Calendar } from '../calendar/timetable.ts';
import { findConfinement } from '../camera/stream/confined-child.ts';
import { describeIssues, eventMessageSchema } from '../contract/event.ts';
import type { OutputPlan } from '../contract/outputs.ts';
import { goesBySun, type Timetable } from '../contract/timetable.ts';
import { ConfigError, describeError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import type { Log } from '../core/log.ts';
import { systemClock } from '../runtime/clock.ts';
import { supervise, type Task } from '../runtime/supervise.ts';
import { startRole } from '../start-role.ts';
import type { PinDriver } from './gpio/driver.ts';
import type { IsWithin } from './intake.ts';
import { openOutput } from './open-output.ts';
import { Outbox } from './outbox.ts';
import { Outputs } from './outputs.ts';
import { serveOutputs } from './outputs-service.ts';
import type { OutputParts, StartProgram } from './parts.ts';
import { Pictures } from './pictures.ts';
import { Words } from './words.ts';

/**
 * Serves what `outputs` and `inputs` ask for until `signal` aborts.
 * @throws {DeviceError} When the disk fails, and what `supervise` throws.
 */
export async function runOutputs(signal: AbortSignal): Promise<void> {
  const { settings, device, log, topics, place, joinBus } = await startRole('outputs');
  const camera = topics.camera(settings.camera.name);
  await using bus = joinBus();
  const startProgram = await confinedStart();
  const pins = onceDone(async () =>
    (await import('./gpio/pick-driver.ts')).pickDriver(settings.gpio.driver, startProgram, log.child('gpio')));
  const tasks: Record<string, Task> = {};

  if (settings.inputs.length > 0) {
    const { serveInput } = await import('./gpio/inputs.ts');
    for (const plan of settings.inputs) tasks[`input ${plan.name}`] = (stop) => serveInput(plan, {
      pins, clock: systemClock, random: Math.random, log: log.child('inputs'),
      trigger: (command) => bus.publish(camera.trigger, JSON.stringify(command), { qos: 1 }),
      arm: (on) => bus.publish(camera.enabledSet, on ? 'ON' : 'OFF', { qos: 1 }),
    }, stop);
  }
  // awaited: the bus is left when this function returns
  if (settings.outputs.length === 0) return await supervise(tasks, signal);

  using outbox = Outbox.open(place.outbox, log);
  using reader = new ArchiveReader(place.archive, log);
  const pictures = new Pictures(place.media, (id) => reader.view.get(id), systemClock);
  const parts: OutputParts = {
    words: new Words(settings.location.time_zone || undefined), pictures, startProgram, pins, clock: systemClock, log,
    publish: (topic, payload, retain) => bus.hand(topic, payload, { retain }),
  };
  const { latitude, longitude } = settings.location;
  const windows = await windowReader(settings.outputs, {
    timeZone: settings.location.time_zone || new Intl.DateTimeFormat().resolvedOptions().timeZone,
    place: latitude === 0 && longitude === 0 ? undefined : { latitude, longitude }, holidays: settings.arming.holidays,
  });
  await using opened = new AsyncDisposableStack();
  const listeners = [];
  for (const plan of settings.outputs) {
    const output = opened.use(await openOutput(plan, parts));
    listeners.push({ plan, output, windows: windows(plan.when?.windows), quiet: windows(plan.quiet) });
  }
  const outputs = new Outputs({
    listeners, outbox, device, camera: settings.camera.name, clock: systemClock, random: Math.random, log,
    catalogue: { endedAfter: (seq, limit) => reader.view.endedAfter(seq, limit), generation: () =>
      reader.view.generation(), get: (id) => reader.view.get(id) },
  });
  bus.subscribe(camera.snapshot, (jpeg, _topic, retained) => { if (!retained) pictures.seen(jpeg); });
  const hear = listenerOf(outputs, log);
  bus.subscribe(topics.events, (payload, _topic, retained) => { if (!retained) hear(payload); });
  const server = serveOutputs(place.outputsSocket, outputs, log);
  try {
    log.info('outputs are served', { names: settings.outputs.map(({ name }) => name).join(', ') });
    await supervise({ ...tasks, outputs: (stop) => outputs.run(stop) }, signal);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** The bus is open to every program on the device: what it carries is checked like anything from outside. */
function listenerOf(outputs: Outputs, log: Log): (payload: Buffer) => void {
  let fault = '';
  const tell = (what: string, reason: string): void => { // once: it may be so many times a second
    if (fault !== reason) log.error(what, { reason });
    fault = reason;
  };
  return (payload) => {
    const message = eventMessageSchema.safeParse(jsonIn(payload.toString('utf8')));
    if (!message.success)
      return tell('a message on the bus is no event; it is ignored', describeIssues(message.error).slice(0, 200));
    try {
      outputs.heard(message.data);
      fault = '';
    } catch (error) {
      tell('an event could not be noted for the outputs; it comes again once it has ended', describeError(error));
    }
  };
}

/** Programs of the user's gain no rights, and end with this process. */
async function confinedStart(): Promise<StartProgram> {
  const confinement = await findConfinement();
  return (command, args, options) => {
    const [program = command, ...rest] = [...confinement, command, ...args];
    return spawn(program, rest, { ...options, detached: true, cwd: '/' });
  };
}

/** Reckoning with times of a week is loaded only where somebody asks for it. */
async function windowReader(
  plans: readonly OutputPlan[], calendar: Calendar,
): Promise<(timetable: Timetable | undefined) => IsWithin | undefined> {
  if (plans.every(({ when, quiet }) => when?.windows === undefined && quiet === undefined)) return () => undefined;
  const bySun = plans.find(({ when, quiet }) => goesBySun([...when?.windows ?? [], ...quiet ?? []]));
  if (bySun !== undefined && calendar.place === undefined) {
    throw new ConfigError(
      'outputs.no-place',
      `output "${bySun.name}" goes by the sun: set location.latitude and location.longitude, in degrees`,
    );
  }
  const { WindowClock } = await import('../calendar/window-clock.ts');
  return (timetable) => {
    if (timetable === undefined) return undefined;
    const clock = new WindowClock(timetable, calendar);
    return (now) => clock.at(now).span !== undefined;
  };
}

/** Does it when first asked to, and again only after it has failed. */
function onceDone(make: () => Promise<PinDriver>): () => Promise<PinDriver> {
  let made: Promise<PinDriver> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => { made = undefined; throw error; });
    return made;
  };
}
