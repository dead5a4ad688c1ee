/** The thread in which a portrait is taken: its networks are in memory only while that lasts. */
import { ConfigError, describeError } from '../../core/errors.ts';
import { answerQuestions } from '../answer-questions.ts';
import { startBackend } from '../backend.ts';
import { FaceFinder } from '../faces/face-finder.ts';
import { decodePicture } from '../faces/read-picture.ts';
import { FaceDescriber } from './face-describer.ts';
import { takePortrait } from './portrait.ts';
import type { PortraitAnswer, PortraitQuestion } from './portrait-thread.ts';

await answerQuestions<PortraitAnswer>(async (_settings, log) => {
  await startBackend(log);
  const [finder, describer] = await Promise.all([FaceFinder.open(), FaceDescriber.load()]);
  return async (question) => {
    const { picture, name, box } = question as PortraitQuestion;
    try {
      const portrait = await takePortrait(await decodePicture(picture, name), { finder, describer }, {
        name, ...(box === undefined ? {} : { box }),
      });
      return { ok: true, portrait };
    } catch (error) {
      if (error instanceof ConfigError) return { ok: false, code: error.code, message: describeError(error) };
      throw error;
    }
  };
});
