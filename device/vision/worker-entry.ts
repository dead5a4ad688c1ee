/** The vision thread: a detector for the frames that come, begun anew when their size changes. */
import type { GrayFrame, Observation } from '../core/frame.ts';
import { ratio } from '../core/units.ts';
import { answerQuestions } from './answer-questions.ts';
import { startBackend } from './backend.ts';
import { MotionDetector, type MotionSettings } from './motion-detector.ts';

await answerQuestions<Observation>(async (given, log) => {
  const settings = given as MotionSettings;
  ratio(settings.sensitivity ?? 0);
  ratio(settings.minimumSize ?? 0);
  await startBackend(log);
  let detector: MotionDetector | undefined;
  let size = '';

  return async (question) => {
    const frame = question as GrayFrame;
    if (detector === undefined || size !== `${frame.width}x${frame.height}`) {
      detector?.[Symbol.dispose]();
      detector = await MotionDetector.create({ ...settings, width: frame.width, height: frame.height });
      size = `${frame.width}x${frame.height}`;
    }
    return detector.observe(frame);
  };
});
