/** Forgetting a person in what is already written down. */
import type { TytoEvent } from '../../contract/event.ts';
import { sameName } from './person-name.ts';

/** `event` as if nobody of that name had been known; the very same object where it does not name the person. */
export const withoutPerson = (event: TytoEvent, name: string): TytoEvent => namesPerson(event, name) ? {
  ...event,
  faces: event.faces.map((face) => isOf(face, name) ? { ...face, person: null, similarity: null } : face),
} : event;

/** Whether an event names the person. Its clip and snapshot show the face still: they go when the event goes. */
export const namesPerson = ({ faces }: TytoEvent, name: string): boolean => faces.some((face) => isOf(face, name));

const isOf = ({ person }: { readonly person: string | null }, name: string): boolean =>
  person !== null && sameName(person, name);
