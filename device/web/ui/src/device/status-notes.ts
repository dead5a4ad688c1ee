/** What is not as usual though the camera is online: pure. */
import type { CameraState } from '../../../../contract/topics.ts';
import { kindsInWords } from '../../../../ui/words.ts';

/** Whether video shows what privacy masks cover: a setting that the camera does not take is told by its name. */
export const isUnmasked = ({ unmet }: Pick<CameraState, 'unmet'>): boolean =>
  unmet.some((sentence) => sentence.startsWith('privacy_masks:'));

/** What people should know first stands first. */
export const statusNotes = ({ tamper, load, recognitionFault, unmet }: CameraState): readonly string[] => [
  ...(tamper.length > 0 ? [kindsInWords(tamper)] : []),
  ...(load.shed.length > 0 ? [`cannot keep up: ${load.shed.join('; ')}`] : []),
  ...(recognitionFault === null ? [] : [`nobody is recognised: ${recognitionFault}`]),
  ...(isUnmasked({ unmet }) ? ['privacy masks are not in this camera\'s video'] : []),
];
