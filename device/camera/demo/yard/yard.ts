/** The whole still yard, painted from far to near. What moves (leaves, clouds, people) is not in it. */
import type { Size } from '../../../core/geometry.ts';
import { Canvas } from '../brush/canvas.ts';
import { paintBoundary } from './boundary.ts';
import { paintCar } from './car.ts';
import { paintHills, paintNeighbours } from './distance.ts';
import { paintGarden } from './garden.ts';
import { paintGround } from './ground.ts';
import { paintHouse } from './house.ts';
import { paintOpenings } from './openings.ts';

export function paintYard(size: Size): Canvas {
  const canvas = new Canvas(size);
  paintHills(canvas);
  paintGround(canvas);
  paintNeighbours(canvas);
  paintBoundary(canvas);
  paintHouse(canvas);
  paintOpenings(canvas);
  paintGarden(canvas);
  paintCar(canvas);
  return canvas;
}
