/** Paints scenes into yuv420p frames (BT.709, limited range), the same scene always the same way. Pure. */
import type { Size } from '../../core/geometry.ts';
import { Backdrop } from './frame/backdrop.ts';
import { Clouds } from './frame/clouds.ts';
import { Exposure } from './frame/exposure.ts';
import { Foliage } from './frame/foliage.ts';
import type { Packing } from './frame/light-layer.ts';
import { drawPerson } from './frame/person.ts';
import { planesOf, refuseSides } from './frame/planes.ts';
import type { DemoScene } from './scene.ts';
import { lavender, outerCrown } from './yard/leaves.ts';
import { paintYard } from './yard/yard.ts';

export class DemoPainter {
  readonly size: Size;
  readonly #backdrop: Backdrop;
  readonly #clouds: Clouds;
  readonly #crown: Foliage;
  readonly #lavender: Foliage;
  readonly #exposure: Exposure;

  /**
   * Paints all that stands still, which takes about a second at 1280x720.
   *
   * @param packing - How the yard is kept in lights that do not shine; as it is when absent.
   * @throws {RangeError} When the sides of `size` are no multiples of 8.
   */
  constructor(size: Size, packing?: Packing) {
    refuseSides(size);
    this.size = size;
    this.#backdrop = new Backdrop(paintYard(size), packing);
    this.#clouds = new Clouds(this.#backdrop);
    this.#crown = new Foliage(size, outerCrown(), { reach: 0.09, heldAt: 2.6 });
    this.#lavender = new Foliage(size, lavender(), { reach: 0.12, heldAt: 0 });
    this.#exposure = new Exposure(size);
  }

  /**
   * Paints `scene` over all of `into`, one yuv420p frame of `frameBytes(size)` bytes.
   * @throws {RangeError} When `into` has another length.
   */
  paint(scene: DemoScene, into: Uint8Array): void {
    const out = planesOf(into, this.size);
    this.#backdrop.draw(out, scene.sky);
    this.#clouds.draw(out, scene);
    this.#crown.draw(out, scene.sky, scene);
    for (const figure of scene.figures) drawPerson(out, this.#backdrop, figure, scene.sky);
    this.#lavender.draw(out, scene.sky, scene);
    this.#exposure.develop(out, scene);
  }
}
