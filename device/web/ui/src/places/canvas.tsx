import { useRef, useState } from 'preact/hooks';
import type { PlaceKind } from '../../../../contract/place-kinds.ts';
import type { Places } from '../../../../contract/places.ts';
import type { Point } from '../../../../core/geometry.ts';
import { inSide, moved, placeAt, pointsOf, split, without, type Place, type PlaceRef } from './drawing.ts';

export interface CanvasProps {
  readonly places: Places;
  readonly selected: PlaceRef | undefined;
  readonly onSelect: (ref: PlaceRef) => void;
  /** The points of the selected one, changed. */
  readonly onPoints: (points: readonly Point[]) => void;
}

/** How far an arrow key moves a corner; with Shift ten times as far. */
const STEP = 0.002;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};
const KINDS: readonly PlaceKind[] = ['privacy_masks', 'zones', 'lines'];

/** The camera's picture, and on it everything that was drawn; corners of the selected one can be moved. */
export function Canvas({ places, selected, onSelect, onPoints }: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState(16 / 9);
  const [shown] = useState(() => Date.now());
  const chosen = selected && placeAt(places, selected);
  const points = chosen === undefined ? [] : pointsOf(chosen);
  const pointAt = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width, height } = frame.current?.getBoundingClientRect() ?? new DOMRect();
    return [(clientX - left) / width, (clientY - top) / height];
  };
  const onKey = (press: KeyboardEvent, at: number): void => {
    const way = ARROWS[press.key];
    const point = points[at];
    if (way !== undefined && point !== undefined) {
      press.preventDefault();
      press.stopPropagation();
      const step = press.shiftKey ? 10 * STEP : STEP;
      onPoints(moved(points, at, [point[0] + way[0] * step, point[1] + way[1] * step]));
    }
    if ((press.key === 'Delete' || press.key === 'Backspace') && selected?.kind !== 'lines')
      onPoints(without(points, at));
  };
  return (
    <div class="stage-picture places-picture" ref={frame}>
      <img src={`/api/snapshot.jpg?n=${shown}`} alt="What the camera sees" draggable={false}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setAspect(naturalWidth / naturalHeight)} />
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {KINDS.flatMap((kind) => places[kind].map((place, index) => (
          <Shape key={`${kind}-${place.name}`} kind={kind} place={place} aspect={aspect}
            isSelected={selected?.kind === kind
              && selected.index === index} onSelect={() => onSelect({ kind, index })} />
        )))}
      </svg>
      {points.map((point, at) => (
        <button type="button" key={at} class="corner" style={at01(
          point,
        )} aria-label={`Corner ${at + 1}: drag it, or move it with the arrow keys`}
          onPointerDown={(press) => { press.currentTarget.setPointerCapture(press.pointerId); }}
          onPointerMove={(move) => {
            if (move.currentTarget.hasPointerCapture(move.pointerId)) onPoints(moved(points, at, pointAt(move)));
          }}
          onKeyDown={(press) => onKey(press, at)} />
      ))}
      {selected === undefined || selected.kind === 'lines' ? null : points.map((point, at) => (
        <button type="button" key={`after-${at}`} class="corner between" style={at01(
          between(point, points[(at + 1) % points.length] ?? point),
        )}
          aria-label={`New corner after corner ${at + 1}`} onClick={() => onPoints(split(points, at))} />
      ))}
    </div>
  );
}

function Shape({ kind, place, aspect, isSelected, onSelect }: {
  readonly kind: PlaceKind; readonly place: Place; readonly aspect: number;
  readonly isSelected: boolean; readonly onSelect: () => void;
}) {
  const look = `place ${kind} ${'type' in place ? place.type : ''} ${isSelected ? 'selected' : ''}`;
  if ('polygon' in place)
    return <polygon class={look} points={place.polygon.map((point) => point.join(',')).join(' ')} onClick={onSelect} />;
  const [x, y] = inSide(place, aspect);
  const [mx, my] = between(place.from, place.to);
  return (
    <g class={look} onClick={onSelect}>
      <line class="reach" x1={place.from[0]} y1={place.from[1]} x2={place.to[0]} y2={place.to[1]} />
      <line x1={place.from[0]} y1={place.from[1]} x2={place.to[0]} y2={place.to[1]} />
      <line class="way-in" x1={mx} y1={my} x2={x} y2={y} />
    </g>
  );
}

const at01 = ([x, y]: Point): { readonly left: string; readonly top: string } =>
  ({ left: `${x * 100}%`, top: `${y * 100}%` });
const between = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
