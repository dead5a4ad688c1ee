/**
 * The name under which a Kerberos Vault or Hub knows a clip: what their agents call it, whose fields it is split by.
 * `1564859471_6-474162_oprit_577-283-727-375_1153_27.mp4`: second, fraction, camera, region, changes, token.
 */
import { parseMediaFileName, parseRecordedName } from '../contract/names.ts';
import type { Millis } from '../core/units.ts';

export interface AgentClip {
  readonly fileName: string;
  readonly at: Millis;
  readonly device: string;
}

/** @returns Undefined for what is no clip: pictures, previews, manifests, mail. */
export function agentClip(key: string): AgentClip | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const told = parseRecordedName(name);
  if (told === undefined || !name.endsWith('.mp4')) return undefined;
  const media = parseMediaFileName(name);
  if (media !== undefined && media.extension !== 'mp4') return undefined;
  const { at, device, camera } = told;
  const seconds = Math.floor(at / 1000);
  const micros = String(Math.round((at - seconds * 1000) * 1000)).padStart(6, '0');
  // Six characters of 36 tell the events of one moment apart; a piece of continuous recording is alone in its moment.
  const token = media === undefined ? 0 : Number.parseInt(media.eventId.slice(-6), 36);
  return { fileName: `${String(seconds).padStart(10, '0')}_6-${micros}_${camera}_0-0-0-0_0_${token}.mp4`, at, device };
}
