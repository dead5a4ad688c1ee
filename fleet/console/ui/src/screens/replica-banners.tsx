import type { FleetStatusView } from '../../../../../device/contract/fleet-api.ts';

/** Says which replicas of the library lag behind, and why. Nothing is lost by it. */
export function ReplicaBanners({ replicas }: { readonly replicas: FleetStatusView['replicas'] }) {
  return (
    <>
      {replicas.map(({ name, waiting, stuck, trouble }) => (
        <p class="banner" key={name}>
          {trouble === null
            ? `The replica ${name} refuses ${stuck} of what it is sent; all else goes there.`
            : `Nothing goes to the replica ${name} just now (${waiting} waiting): ${trouble}`}
        </p>
      ))}
    </>
  );
}
