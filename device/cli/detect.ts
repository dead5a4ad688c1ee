import { analyseFile } from '../camera/analyse-file.ts';
import { graySize } from '../camera/stream/gray.ts';
import { loadSettings } from '../config/load-settings.ts';
import { ConfigError } from '../core/errors.ts';
import type { Observation } from '../core/frame.ts';
import { seconds, type Millis } from '../core/units.ts';
import { MotionDetector } from '../vision/motion-detector.ts';
import { closeEvents, idle, stepEvents, type EventEffect, type EventLimits } from '../watch/event-machine.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto detect FILE [--json]

Runs exactly the device's vision over a clip, as fast as it can, with the settings of the
environment and of config.json (TYTO_MOTION_SENSITIVITY and its like).

  --json   print JSON lines; so it does also when its output is no terminal

One line for each frame that was looked at, five a second:
  {"t":12.4,"motion":true,"score":0.8,"boxes":[[x,y,w,h],...]}
t in seconds from the clip's start; boxes as fractions of the picture, origin top left.
One line at the end:
  {"events":[{"start":12.2,"end":19.6,"kinds":["motion"]}]}
`;

/** `tyto detect` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals: [file, ...more] } = readArguments('detect', args, { json: { type: 'boolean' } });
  if (values.help === true) return void process.stdout.write(HELP);
  if (file === undefined || more.length > 0) throw new ConfigError('cli.arguments', 'tyto detect needs one file; `tyto detect --help` explains it');
  const { values: { motion, recording } } = await loadSettings();
  const { video, frames } = await analyseFile(file, signal);
  using detector = await MotionDetector.create({ ...graySize(video.size), sensitivity: motion.sensitivity, minimumSize: motion.minimum_size });
  const events = new EventList({ minimumDuration: motion.minimum_duration, quiet: recording.post_roll, maxLength: recording.max_length });
  const print = values.json === true || !process.stdout.isTTY ? printJson : printForPeople;
  try {
    for await (const frame of frames) {
      const seen = detector.observe(frame);
      events.add(seen);
      print.frame(seen);
    }
  } finally {
    print.events(events.finish()); // of a clip that is damaged, what came before the damage
  }
}

interface FoundEvent { readonly start: number; readonly end: number; readonly kinds: readonly string[] }

/** The device's own event machine, its events collected. */
class EventList {
  readonly #limits: EventLimits;
  readonly #events: FoundEvent[] = [];
  #state = idle;
  #since: Millis = seconds(0);
  constructor(limits: EventLimits) { this.#limits = limits; }

  add(seen: Observation): void {
    const [state, effects] = stepEvents(this.#state, seen, this.#limits);
    this.#state = state;
    effects.forEach((effect) => this.#take(effect));
  }

  finish(): readonly FoundEvent[] {
    closeEvents(this.#state)[1].forEach((effect) => this.#take(effect));
    return this.#events;
  }

  #take(effect: EventEffect): void {
    if (effect.type === 'start') this.#since = effect.startedAt;
    if (effect.type === 'end') this.#events.push({ start: inSeconds(this.#since), end: inSeconds(effect.endedAt), kinds: ['motion'] });
  }
}

interface Printer { readonly frame: (seen: Observation) => void; readonly events: (events: readonly FoundEvent[]) => void }

const printJson: Printer = {
  frame: ({ at, motion, score, boxes }) => line(JSON.stringify({
    t: inSeconds(at), motion, score: rounded(score, 3), boxes: boxes.map((box) => box.map((value) => rounded(value, 4))),
  })),
  events: (events) => line(JSON.stringify({ events })),
};

const printForPeople: Printer = {
  frame: ({ at, motion, score, boxes }) => {
    if (motion) line(`${inSeconds(at).toFixed(1).padStart(8)} s  motion ${Math.round(score * 100).toString().padStart(3)} %  ${boxes.length} box${boxes.length === 1 ? '' : 'es'}`);
  },
  events: (events) => {
    if (events.length === 0) line('No events.');
    for (const { start, end, kinds } of events) line(`Event from ${start.toFixed(1)} s to ${end.toFixed(1)} s: ${kinds.join(', ')}`);
  },
};

const line = (text: string): void => { process.stdout.write(`${text}\n`); };
const inSeconds = (at: Millis): number => rounded(at / 1000, 3);
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
