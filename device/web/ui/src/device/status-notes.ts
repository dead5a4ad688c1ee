/** What is not as usual though the camera is online: pure. */
import type { CameraState } from '../../../../contract/topics.ts';
import { kindsInWords } from '../../../../ui/words.ts';

/** What people should know first stands first. */
export const statusNotes = ({ tamper, load, recognitionFault }: CameraState): readonly string[] => [
  ...(tamper.length > 0 ? [kindsInWords(tamper)] : []),
  ...(load.shed.length > 0 ? [`cannot keep up: ${load.shed.join('; ')}`] : []),
  ...(recognitionFault === null ? [] : [`nobody is recognised: ${recognitionFault}`]),
];
