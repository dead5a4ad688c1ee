/** Tyto's mark: the face of a barn owl. */
export function Owl() {
  return <img src="/owl.svg" alt="" width="36" height="36" />;
}

/**
 * The same owl for empty places, in the colours of the scheme; eyes closed when there is
 * nothing to watch, or nothing amiss.
 */
export function OwlScene({ asleep = false }: { readonly asleep?: boolean }) {
  return (
    <svg class="owl-scene" viewBox="0 0 120 96" aria-hidden="true" focusable="false">
      <path class="owl-branch" d="M6 82c28 5 78 5 108-1" />
      <path class="owl-body" d="M60 10c-21 0-33 14-33 33 0 22 14 37 33 40 19-3 33-18 33-40 0-19-12-33-33-33Z" />
      <path class="owl-face" d="M60 27c-6-11-27-10-27 12 0 17 11 30 27 36 16-6 27-19 27-36 0-22-21-23-27-12Z" />
      {asleep
        ? <path class="owl-lid" d="M41 42c3 4 11 4 14 0M65 42c3 4 11 4 14 0" />
        : <path class="owl-eye" d="M48 34a7 7.5 0 1 0 .01 0ZM72 34a7 7.5 0 1 0 .01 0Z" />}
      <path class="owl-beak" d="M60 47c3.5 3.5 4 9 0 14-4-5-3.5-10.5 0-14Z" />
      <path class="owl-feet" d="M50 81v5m4-5v5m12-5v5m4-5v5" />
    </svg>
  );
}
