import type { TytoEvent } from '../../../../contract/event.ts';
import { arrowHead } from './arrow.ts';

/** The ways that things took, each from a dot to an arrow, over a picture of the clip's size that is shown whole. */
export function EventPaths({ event: { clip, tracks } }: { readonly event: TytoEvent }) {
  const { width, height } = clip ?? { width: 16, height: 9 };
  const ways = tracks.filter(({ path }) => path.length > 1);
  if (ways.length === 0) return null;
  return (
    <svg class="paths" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      {ways.map(({ id, path }) => {
        const points = path.map(([x, y]) => [x * width, y * height] as const);
        const size = Math.max(width, height);
        const [[x, y] = [0, 0]] = points;
        const head = arrowHead(points, size / 35);
        return (
          <g key={id}>
            <polyline class="path-edge" points={points.map((point) => point.join(',')).join(' ')} />
            <polyline points={points.map((point) => point.join(',')).join(' ')} />
            <circle cx={x} cy={y} r={size / 130} />
            {head === undefined ? null
              : <polygon points={head.map((point) => point.join(',')).join(' ')} />}
          </g>
        );
      })}
    </svg>
  );
}

export const hasPaths = ({ tracks }: TytoEvent): boolean => tracks.some(({ path }) => path.length > 1);
