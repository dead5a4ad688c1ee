/** How uploads stand, in words: pure. */
import type { UploadStatus } from '../../../../contract/uploads-view.ts';

/** `3 waiting, 41 stored, 40 of them taken by the fleet, 1 put aside`; `nothing uploaded yet` when there is nothing. */
export function uploadsInWords({
  pending, refused, uploaded, acknowledged, dead, elsewhere, gone,
}: UploadStatus): string {
  const parts = [
    [pending, 'waiting'], [refused, 'turned down and tried again'],
    [uploaded, 'stored'], [acknowledged, 'of them taken by the fleet'],
    [elsewhere, 'in the second store'], [dead, 'put aside'], [gone, 'deleted here before they had gone'],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(', ')
    || 'nothing uploaded yet';
}

/**
 * What needs somebody, in a few words: `Uploads do not work`, `1 upload was put aside`; undefined when nothing does.
 */
export function uploadTrouble({ problem, dead }: UploadStatus): string | undefined {
  if (problem !== null) return 'Uploads do not work';
  return dead === 0 ? undefined : `${dead} ${dead === 1 ? 'upload was' : 'uploads were'} put aside`;
}

const KINDS: Readonly<Record<string, string>> = {
  'directory': 'the folder', 's3': 'S3', 'azure': 'Azure', 'gcs': 'Google Cloud Storage', 'vault': 'the server',
  'kerberos-vault': 'Kerberos Vault', 'kerberos-hub': 'Kerberos Hub',
};

/** `They go to the folder /mnt/nas.`; empty where they go nowhere, or nobody has said where. */
export const placeInWords = ({ target, to }: Pick<UploadStatus, 'target' | 'to'>): string =>
  (to === '' ? '' : `They go to ${KINDS[target] ?? target} ${to}.`);

/** What is not as usual, what people should know first standing first. */
export function uploadNotes({
  target, problem, store, held_back: heldBack, rate, requests,
}: UploadStatus): readonly string[] {
  return [
    ...(target === 'none' ? ['Uploading is off: events stay on this device.'] : []),
    ...(problem === null ? [] : [`Uploads do not work: ${problem.message}`]),
    ...(store === 'fallback' ? ['The first store fails: new events go to the second.'] : []),
    ...(heldBack === 'metered'
    ? ['The line is metered: only manifests and small pictures go, and what the fleet asks for.']
    : []),
    ...(heldBack === 'window'
    ? ['It is none of the times for uploads: only manifests and small pictures go, and what the fleet asks for.']
    : []),
    ...(rate > 0 ? [`No more than ${Math.max(1, Math.round(rate / 1024))} KiB a second.`] : []),
    ...(requests > 0
    ? [`The fleet asks for footage: ${requests} ${requests === 1 ? 'request' : 'requests'} under way.`]
    : []),
  ];
}
