/** What of the places in the settings could never do what is meant by it. Loaded only where some are drawn. */
import { describeShape } from '../contract/describe-places.ts';
import { complaintsAboutShapes } from '../contract/place-shape.ts';
import type { Places } from '../contract/places.ts';

/** @returns A sentence for each. */
export const doubtfulPlaces = (places: Places): readonly string[] => complaintsAboutShapes(places).map(describeShape);
