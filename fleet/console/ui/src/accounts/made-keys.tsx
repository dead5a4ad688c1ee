import type { AccountSecretView, DeviceKeySecretView } from '../../../../../device/contract/vault-api.ts';
import { Copied } from '../../../../../device/ui/parts/copied.tsx';

/** Keys of an account, as they are typed into an agent. */
export function MadeAccount({ made }: { readonly made: AccountSecretView }) {
  return (
    <section class="account made" aria-label="The new keys" aria-live="polite">
      <p><strong>The keys of {made.name}.</strong> Copy the secret now: it is not shown again.</p>
      <Copied label="Address (of a Kerberos agent: URI)" text={location.origin} />
      <Copied label="Access key" text={made.access_key} />
      <Copied label="Secret" text={made.secret} />
    </section>
  );
}

export function MadeDeviceKey({ made }: { readonly made: DeviceKeySecretView }) {
  return (
    <section class="account made" aria-label="The new key" aria-live="polite">
      <p><strong>The key of {made.device}.</strong> Copy it now: it is not shown again.</p>
      <Copied label="Address" text={location.origin} />
      <Copied label="Key" text={made.key} />
    </section>
  );
}
