import type { TytoEvent } from '../../../../contract/event.ts';

/** The ways that things took through the picture, over a picture of the clip's size that is shown whole. */
export function EventPaths({ event: { clip, tracks } }: { readonly event: TytoEvent }) {
  const { width, height } = clip ?? { width: 16, height: 9 };
  const ways = tracks.filter(({ path }) => path.length > 1);
  if (ways.length === 0) return null;
  return (
    <svg class="paths" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      {ways.map(({ id, path }) => {
        const points = path.map(([x, y]) => [x * width, y * height] as const);
        const [x, y] = points.at(-1) ?? [0, 0];
        return (
          <g key={id}>
            <polyline class="path-edge" points={points.map((point) => point.join(',')).join(' ')} />
            <polyline points={points.map((point) => point.join(',')).join(' ')} />
            <circle cx={x} cy={y} r={Math.max(width, height) / 130} />
          </g>
        );
      })}
    </svg>
  );
}

export const hasPaths = ({ tracks }: TytoEvent): boolean => tracks.some(({ path }) => path.length > 1);
