/** The recognition thread. */
import { startBackend } from './backend.ts';
import { answerQuestions } from './answer-questions.ts';
import { KnownPeople } from './people/known-people.ts';
import { PeopleStore } from './people/people-store.ts';
import { Recogniser } from './recogniser.ts';
import type { Look, Recognition } from './recognition.ts';
import type { RecognitionThreadSettings } from './recognition-worker.ts';

await answerQuestions<Recognition>(async (given, log) => {
  const { people, prepare } = given as RecognitionThreadSettings;
  await startBackend(log);
  const store = people === undefined ? undefined : new PeopleStore(people, ({ place, why }) =>
    log.warn('a damaged picture of a person is put aside; take another one', { place, why }));
  const recogniser = new Recogniser(store === undefined ? undefined : new KnownPeople(store));
  if (prepare !== undefined) await recogniser.prepare(prepare);
  return (question) => recogniser.look(question as Look);
});
