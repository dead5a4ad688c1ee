/** The thread that looks for faces in whole pictures. */
import { ConfigError, describeError } from '../../core/errors.ts';
import { answerQuestions } from '../answer-questions.ts';
import { startBackend } from '../backend.ts';
import { FaceFinder } from '../faces/face-finder.ts';
import { decodePicture } from '../faces/read-picture.ts';
import { Pyramid } from '../nets/picture.ts';
import { FaceDescriber } from './face-describer.ts';
import { nearestOf } from './known-people.ts';
import { readNamedPictures } from './named-pictures.ts';
import { MOST_FACES, type PictureAnswer, type PictureFacesSettings, type PictureQuestion } from './picture-faces.ts';

await answerQuestions<PictureAnswer>(async (given, log) => {
  const { people: folder, match } = given as PictureFacesSettings;
  await startBackend(log);
  const finder = await FaceFinder.open();
  const describer = folder === undefined ? undefined : await FaceDescriber.load();
  const people = folder === undefined || describer === undefined ? []
    : await readNamedPictures(folder, { finder, describer }, log);
  return async (question) => {
    try {
      const picture = await decodePicture((question as PictureQuestion).picture, 'the picture of the event');
      const pyramid = Pyramid.of(picture);
      return { ok: true, faces: finder.find(picture).slice(0, MOST_FACES).map(({ box, score, points }) => {
        const nearest = describer && nearestOf(people, describer.describe(pyramid, points));
        return {
          box, score, person: nearest !== undefined && nearest.similarity >= match ? nearest.name : null,
          similarity: nearest?.similarity ?? null,
        };
      }) };
    } catch (error) {
      if (error instanceof ConfigError) return { ok: false, message: describeError(error) };
      throw error;
    }
  };
});
