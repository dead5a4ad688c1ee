/** An event in words and in the fields that templates know. */
import type { EventKind, EventMessage, TytoEvent } from '../contract/event.ts';
import type { TemplateValues } from '../contract/template.ts';
import type { Delivery } from './port.ts';

const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  motion: 'Movement', person: 'Person', vehicle: 'Vehicle', animal: 'Animal', face: 'Face',
  covered: 'Camera covered', defocused: 'Camera out of focus', moved: 'Camera moved',
  blinded: 'Camera blinded', frozen: 'Picture frozen',
  manual: 'Recording', external: 'Alarm from outside', continuous: 'Continuous recording',
};

/** Of several kinds, the one that tells most. */
const BY_WEIGHT: readonly EventKind[] = [
  'covered', 'moved', 'blinded', 'defocused', 'frozen', 'face', 'person', 'vehicle', 'animal', 'external',
  'manual', 'motion',
];

export class Words {
  readonly #asTime: Intl.DateTimeFormat;
  /** @param timeZone - IANA; undefined for the system's. */
  constructor(timeZone: string | undefined) {
    this.#asTime = new Intl.DateTimeFormat('en-GB', {
      timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
  }

  valuesOf({ message, key, skipped }: Delivery): TemplateValues {
    const { after: event, type } = message;
    const [what, time] = [whatOf(event), this.#asTime.format(event.start_time * 1000)];
    return {
      what, time, summary: summaryOf(message, { time, skipped }), skipped: String(skipped), type, delivery: key,
      'event.id': event.id, 'event.device': event.device, 'event.camera': event.camera,
      'event.label': event.label, 'event.kinds': event.kinds.join(', '),
      'event.sub_label': event.sub_label ?? '', 'event.source': event.source ?? '',
      'event.zones': event.entered_zones.join(', '),
      'event.people': peopleOf(event).join(', '), 'event.score': event.top_score.toFixed(2),
      'event.start_time': String(event.start_time),
      'event.end_time': event.end_time === null ? '' : String(event.end_time),
      'event.duration': event.end_time === null ? '' : (event.end_time - event.start_time).toFixed(0),
    };
  }
}

const peopleOf = ({ faces }: TytoEvent): readonly string[] => [...new Set(faces.flatMap(({ person }) => person ?? []))];

function whatOf(event: TytoEvent): string {
  const people = peopleOf(event);
  if (people.length > 0) return people.join(', ');
  if (event.sub_label !== undefined) return event.sub_label;
  return KIND_WORDS[BY_WEIGHT.find((kind) => event.kinds.includes(kind)) ?? event.label];
}

function summaryOf(
  { type, after }: EventMessage, { time, skipped }: { readonly time: string; readonly skipped: number },
): string {
  const zones = after.entered_zones.length === 0 ? '' : `, ${after.entered_zones.join(', ')}`;
  const ended = type === 'end' && after.end_time !== null
    ? `, lasted ${Math.round(after.end_time - after.start_time)} s`
    : '';
  const others = skipped === 0 ? '' : ` (and ${skipped} more before it)`;
  return `${after.camera}${zones}, ${time}${ended}${others}`;
}
