import { hours, mebibytes, minutes, type Bytes, type Millis } from '../../../device/core/units.ts';

/** The largest object that is taken in one piece; more goes up in pieces, by tus. */
export const MAX_PLAIN_OBJECT: Bytes = mebibytes(8);
/** An upload in pieces over a slow line may take days; then it begins anew. */
export const UPLOAD_LASTS: Millis = hours(72);
/** For how long a device may put by itself, once it was granted. */
export const GRANT_LASTS: Millis = minutes(10);
