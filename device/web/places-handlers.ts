/** Zones, counting lines and privacy masks, as the owner draws them, and how small a change counts. */
import { isDeepStrictEqual } from 'node:util';
import type { Context } from 'koa';
import { readBody } from '../access/access-routes.ts';
import type { PlacesView } from '../contract/device-api.ts';
import { describePlacesBody, describeShape } from '../contract/describe-places.ts';
import { complaintsAboutShapes } from '../contract/place-shape.ts';
import { seeingSchema, type Places, type Seeing } from '../contract/places.ts';
import { SEEING_SETTINGS } from '../contract/place-kinds.ts';
import { ConfigError } from '../core/errors.ts';
import { seconds, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import { told } from './told.ts';
import type { DeviceBus, PlacesKeeper } from './ports.ts';

const ANSWER_WITHIN: Millis = seconds(3);
const body = seeingSchema.partial().refine(
  (given) => Object.keys(given).length > 0, `expected at least one of ${Object.keys(seeingSchema.shape).join(', ')}`,
);

/** `GET /api/places` */
export const placesView = (places: PlacesKeeper, bus: DeviceBus): PlacesView =>
  ({ ...places.current, managed: places.managed, in_force: isDeepStrictEqual(bus.places(), places.current) });

/** `PUT /api/places` */
export async function changePlaces(
  ctx: Context, places: PlacesKeeper, bus: DeviceBus, within: Millis = ANSWER_WITHIN,
): Promise<void> {
  const wanted = readBody(ctx, body, describePlacesBody);
  const fixed = places.managed.filter((key) => key in wanted && !isDeepStrictEqual(wanted[key], places.current[key]));
  if (fixed.length > 0) {
    throw new HttpError(409, 'places.managed', `${fixed.join(', ')}: managed by the fleet or the service file `
      + `(${fixed.map(variable).join(', ')}); change it there`);
  }
  const change: Partial<Seeing> = Object.fromEntries(Object.entries(wanted)
    .filter(([key]) => !places.managed.includes(key as keyof Seeing)));
  refuseUseless({ ...places.current, ...change }, places.current);
  if (Object.keys(change).length > 0) await store(places, change);
  await told(bus, within, () => isDeepStrictEqual(bus.places(), places.current), () => bus.reloadPlaces());
  ctx.body = placesView(places, bus);
}

/** What one list says may make another one's places useless. */
function refuseUseless(wanted: Places, before: Places): void {
  const [fault] = complaintsAboutShapes(wanted, before);
  if (fault !== undefined) throw new HttpError(400, 'http.bad-request', describeShape(fault));
}

async function store(places: PlacesKeeper, change: Partial<Seeing>): Promise<void> {
  try {
    await places.change(change);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new HttpError(
      503,
      'places.not-stored', 'the device\'s config.json cannot be read, and so not be changed; mend it there', { cause },
    );
  }
}

const variable = (key: keyof Seeing): string => `TYTO_${SEEING_SETTINGS[key].replace('.', '_').toUpperCase()}`;
