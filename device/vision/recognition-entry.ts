/** The recognition thread. */
import { giveBack } from '../core/give-back.ts';
import type { Log } from '../core/log.ts';
import { startBackend } from './backend.ts';
import { answerQuestions } from './answer-questions.ts';
import type { KnownPeople } from './people/known-people.ts';
import { PeopleWhenNamed } from './people/people-when-named.ts';
import { Recogniser } from './recogniser.ts';
import type { Look, Recognition } from './recognition.ts';
import type { RecognitionThreadSettings } from './recognition-worker.ts';

await answerQuestions<Recognition>(async (given, log) => {
  const { people, prepare } = given as RecognitionThreadSettings;
  await startBackend(log);
  const recogniser = new Recogniser(
    people === undefined ? undefined : new PeopleWhenNamed(people, () => openPeople(people, log)),
  );
  if (prepare !== undefined) await recogniser.prepare(prepare);
  return async (question) => {
    const look = question as Look;
    const found = await recogniser.look(look);
    giveBack(look.frame.pixels); // it was moved here
    return found;
  };
});

/** What reads people decodes files: 5 MB of a thread. */
async function openPeople(folder: string, log: Log): Promise<KnownPeople> {
  const [{ KnownPeople: People }, { PeopleStore }] = await Promise.all([
    import('./people/known-people.ts'), import('./people/people-store.ts'),
  ]);
  return new People(new PeopleStore(folder, ({ place, why }) =>
    log.warn('a damaged picture of a person is put aside; take another one', { place, why })));
}
