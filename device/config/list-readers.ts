/**
 * What reads those settings that are lists. Schemas are a third of what a process loads at its start, and most devices
 * have no list: only who has one to read imports this.
 */
import { describeOutputs } from '../contract/describe-outputs.ts';
import { describePlaces } from '../contract/describe-places.ts';
import { describeUploadRules } from '../contract/describe-upload-rules.ts';
import { describeWindows } from '../contract/describe-windows.ts';
import { inputsSchema, outputsSchema, type InputPlan, type OutputPlan } from '../contract/outputs.ts';
import {
  countingLinesSchema, privacyMasksSchema, zonesSchema, type CountingLine, type PrivacyMask, type Zone,
} from '../contract/places.ts';
import { holidaysSchema, timetableSchema, type ArmedWindow } from '../contract/timetable.ts';
import { uploadRulesSchema, type UploadRule } from '../contract/upload-rules.ts';
import type { ListReader } from './setting.ts';

export const timetable: ListReader<ArmedWindow> = { schema: timetableSchema, describe: describeWindows };
export const holidays: ListReader<string> = { schema: holidaysSchema, describe: describeWindows };
export const zones: ListReader<Zone> = {
  schema: zonesSchema, describe: (error, list) => describePlaces('zones', error, list),
};
export const lines: ListReader<CountingLine> = {
  schema: countingLinesSchema, describe: (error, list) => describePlaces('lines', error, list),
};
export const privacyMasks: ListReader<PrivacyMask> = {
  schema: privacyMasksSchema, describe: (error, list) => describePlaces('privacy_masks', error, list),
};
export const outputs: ListReader<OutputPlan> = {
  schema: outputsSchema, describe: (error, list) => describeOutputs('output', error, list),
};
export const inputs: ListReader<InputPlan> = {
  schema: inputsSchema, describe: (error, list) => describeOutputs('input', error, list),
};
export const uploadRules: ListReader<UploadRule> = { schema: uploadRulesSchema, describe: describeUploadRules };
