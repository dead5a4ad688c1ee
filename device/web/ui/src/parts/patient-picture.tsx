import { useEffect, useState } from 'preact/hooks';

/** It is asked for again after so long, each time that it does not come. */
const AGAIN_AFTER_MS = [1000, 3000, 10_000, 30_000] as const;

/** A small picture that may come late: a device that is busy, a line that was cut. Until it is there, the owl is. */
export function PatientPicture({ source }: { readonly source: string }) {
  const [failures, setFailures] = useState({ of: source, count: 0, isAsked: true });
  const known = failures.of === source ? failures : { of: source, count: 0, isAsked: true };
  useEffect(() => {
    const pause = AGAIN_AFTER_MS[known.count - 1];
    if (known.isAsked || pause === undefined) return undefined;
    const timer = setTimeout(() => setFailures({ ...known, isAsked: true }), pause);
    return () => clearTimeout(timer);
  }, [source, known.count, known.isAsked]);
  if (!known.isAsked) return <NoPicture />;
  return (
    <img
      key={known.count} src={source} alt="" loading="lazy" decoding="async"
      onError={() => setFailures({ of: source, count: known.count + 1, isAsked: false })}
    />
  );
}

/** Stands where a picture would be. */
export function NoPicture() { return <span class="no-picture" />; }
