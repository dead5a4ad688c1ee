/** What to change where a store refuses a step. Pure. */
import type { StorePlace } from './store-place.ts';
import type { ValidationStepName } from './validation.ts';

const S3_ACTIONS: Readonly<Record<ValidationStepName, string>> = {
  write: 's3:PutObject', read: 's3:GetObject', list: 's3:ListBucket', link: 's3:GetObject',
  refuse: '', delete: 's3:DeleteObject',
};
const GCS_PERMISSIONS: Readonly<Record<ValidationStepName, string>> = {
  write: 'storage.objects.create', read: 'storage.objects.get',
  list: 'storage.objects.list', link: 'storage.objects.get', refuse: '', delete: 'storage.objects.delete',
};

/** A sentence that goes on after what was found; undefined where that says enough. */
export function remedyFor(step: ValidationStepName, code: string, place: StorePlace): string | undefined {
  if (code === 'storage.public') return blockPublic(place);
  if (!code.endsWith('.access-denied') && code !== 'storage.link-refused' && code !== 'storage.folder-unreadable')
    return undefined;
  switch (place.type) {
    case 's3': {
      const below = place.prefix === '' ? '*' : `${place.prefix}/*`;
      const on = step === 'list' ? `arn:aws:s3:::${place.bucket}` : `arn:aws:s3:::${place.bucket}/${below}`;
      return `the key may not ${doing(step)}: add ${S3_ACTIONS[step]} on ${on}`;
    }
    case 'gcs':
      return `the key may not ${doing(step)}: give its service account ${GCS_PERMISSIONS[step]} on ` +
        `gs://${place.bucket} (the role Storage Object User has it)`;
    case 'azure':
      return `the key may not ${doing(step)}: look at the network rules of the account, `
        + 'and whether it allows shared keys';
    case 'directory': return `correct owner and mode of ${place.folder}`;
  }
}

function doing(step: ValidationStepName): string {
  switch (step) {
    case 'link': case 'refuse': return 'be used for links';
    case 'write': case 'read': case 'list': case 'delete': return step;
  }
}

function blockPublic(place: StorePlace): string {
  switch (place.type) {
    case 's3': return `block public access on bucket ${place.bucket}, and take whatever allows "*" out of its policy`;
    case 'gcs':
      return `take allUsers out of the permissions of gs://${place.bucket}, and turn on public access prevention`;
    case 'azure': return `set the access level of container ${place.container} to private`;
    case 'directory': return `look at who serves ${place.folder}`;
  }
}
