/** What an agent tells of a recording: by its file name, else by what it says besides. */
import { HttpError } from '../../../device/http/http-error.ts';
import type { Account } from '../registry/registry.ts';
import { cameraName, checkDeviceName, checkFileName, type ToldClip } from '../uploads/told-clip.ts';
import { readAgentFileName } from './agent-file-name.ts';

export interface AgentWords {
  readonly fileName: string;
  readonly device: string;
  /** Empty where none is told. */
  readonly directory: string;
  /** Unix milliseconds of the first picture, in digits; empty where none are told. */
  readonly timestamp: string;
}

/**
 * Our own files under names of this kind tell thousandths of the most that moved; what agents count has no known end.
 */
const MOST_CHANGES = 1000;

/**
 * @param now - Unix seconds: the time of a recording that tells none.
 * @throws {HttpError} 400 for names that will not do, 403 for the directory of another account.
 */
export function toldByAgent(
  { fileName, device, directory, timestamp }: AgentWords, account: Account, now: number,
): ToldClip {
  if (directory !== '' && directory !== account.directory) {
    throw new HttpError(
      403, 'vault.foreign-directory',
      `the directory of this account is "${account.directory}": set it so in the agent, or leave it empty`,
    );
  }
  const told = readAgentFileName(checkFileName(fileName));
  const at = told?.at ?? (/^\d{13}$/.test(timestamp) ? Number(timestamp) / 1000 : now);
  return {
    device: checkDeviceName(device), camera: cameraName(told?.camera ?? 'camera'), fileName,
    at, region: told?.region ?? null,
    score: Math.min(1, (told?.changes ?? 0) / MOST_CHANGES), source: 'kerberos agent',
  };
}
