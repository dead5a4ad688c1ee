/** Renaming or forgetting a person in what is already written down. */
import type { TytoEvent } from '../../contract/event.ts';
import { sameName } from './person-name.ts';

/**
 * `event` as if whoever is called `name` in it had been called `to`, or had not been known where that is null; the very
 * same object where nothing changes. Its clip and snapshot show the face still: they go when the event goes.
 */
export const withChangedName = (event: TytoEvent, { name, to }: NameChange): TytoEvent => {
  const isMeant = ({ person }: { readonly person: string | null }): boolean =>
    person !== null && person !== to && sameName(person, name);
  if (!event.faces.some(isMeant)) return event;
  const changed = to === null ? { person: null, similarity: null } : { person: to };
  return { ...event, faces: event.faces.map((face) => (isMeant(face) ? { ...face, ...changed } : face)) };
};

export interface NameChange {
  readonly name: string;
  /** Null for who was forgotten. */
  readonly to: string | null;
}
