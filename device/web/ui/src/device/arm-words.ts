/** What stands beside the arm switch: pure. */
import type { ArmingView } from '../../../../contract/arming.ts';
import type { CameraState } from '../../../../contract/topics.ts';

export interface ArmWords {
  readonly title: string;
  readonly text: string;
  /** Whether it is armed in vain. */
  readonly isBad: boolean;
}

/**
 * @param armed - The switch.
 * @param wanted - What was just asked for and is not confirmed yet.
 */
export function armWords(
  armed: boolean | null, wanted: boolean | undefined, camera: CameraState | null, arming: ArmingView | null,
): ArmWords {
  if (wanted !== undefined) return well(wanted ? 'Arming…' : 'Disarming…', 'Waiting for the camera to confirm.');
  if (armed === null) return well('Starting', 'The camera has not reported yet.');
  if (!armed) return well('Disarmed', whileDisarmed(camera?.idleReason ?? ''));
  if (arming !== null && !arming.armed)
    return well('Not armed now', arming.reason.replace(/^Not armed(?:: | yet, armed )/, ''));
  if (camera !== null && camera.state !== 'online') return bad('Nothing can be recorded until the camera is back.');
  const fault = camera?.visionFault ?? null;
  if (fault !== null) return bad(`But the picture is not being analysed: ${fault}`);
  if (camera !== null && camera.loss !== null)
    return bad(`But nothing is recorded: ${camera.idleReason ?? camera.loss}`);
  const until = arming === null || arming.reason === 'Armed: the switch is on.' ? '' : ` ${arming.reason}`;
  return well('Armed', camera?.idleReason ?? `Movement is recorded.${until}`);
}

/** While the device cannot be reached. @param armed - What the switch was when it last spoke. */
export const unreachableWords = (armed: boolean): ArmWords =>
  well(armed ? 'Was armed' : 'Was disarmed', 'The device cannot be reached: what it does now is not known.');

const well = (title: string, text: string): ArmWords => ({ title, text: sentence(text), isBad: false });
const bad = (text: string): ArmWords => ({ title: 'Armed', text: sentence(text), isBad: true });

/** What the device says of it; the title has said "disarmed" already. */
function whileDisarmed(idleReason: string): string {
  return idleReason.replace(/^Not armed: the switch is off\.\s*/, '') || 'Movement makes no events.';
}

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');
