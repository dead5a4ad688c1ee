/** The vision thread: an eye for the frames that come, begun anew when their size changes. */
import type { Observation } from '../core/frame.ts';
import { giveBack } from '../core/give-back.ts';
import { ratio } from '../core/units.ts';
import { answerQuestions } from './answer-questions.ts';
import { SceneEye, type EyeSettings } from './scene-eye.ts';
import type { FrameToLookAt } from './vision-worker.ts';

await answerQuestions<Observation>(async (given) => {
  let settings = given as EyeSettings;
  ratio(settings.sensitivity ?? 0);
  ratio(settings.minimumSize ?? 0);
  for (const sensitivity of Object.values(settings.tamper ?? {})) ratio(sensitivity);
  let eye: SceneEye | undefined;
  let size = '';

  return async (question) => {
    const { rules, ...frame } = question as FrameToLookAt;
    if (rules !== undefined) {
      settings = { ...settings, ...rules };
      eye?.watchBy(rules);
    }
    if (eye === undefined || size !== `${frame.width}x${frame.height}`) {
      eye = await SceneEye.create({ ...settings, width: frame.width, height: frame.height });
      size = `${frame.width}x${frame.height}`;
    }
    const seen = eye.observe(frame);
    giveBack(frame.pixels); // it was moved here
    return seen;
  };
});
