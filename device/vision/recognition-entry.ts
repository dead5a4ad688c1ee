/** The recognition thread. */
import { startBackend } from './backend.ts';
import { answerQuestions } from './answer-questions.ts';
import { KnownPeople } from './people/known-people.ts';
import { PeopleStore } from './people/people-store.ts';
import { Recogniser } from './recogniser.ts';
import type { Look, Recognition } from './recognition.ts';
import type { RecognitionSettings } from './recognition-worker.ts';

await answerQuestions<Recognition>(async (given, log) => {
  const { people } = given as RecognitionSettings;
  await startBackend(log);
  const store = people === undefined ? undefined : new PeopleStore(people, ({ place, why }) =>
    log.warn('a damaged picture of a person is put aside; take another one', { place, why }));
  const recogniser = new Recogniser(store === undefined ? undefined : new KnownPeople(store));
  return (question) => recogniser.look(question as Look);
});
