/** What a device says of its disk: on the bus, and in `GET /api/state`. Sizes are bytes, times Unix seconds. */
import { z } from 'zod';

const size = z.number().nonnegative();

export const storageStateSchema = z.object({
  /** What recordings take, by what they are. */
  used: z.object({ events: size, continuous: size, timelapse: size.default(0), pictures: size }),
  /** The most that they may take together. */
  most: size,
  /** What is free on the disk; below `kept_free`, recordings are deleted to make room. */
  free: size,
  kept_free: size,
  /** Bytes an hour that recording has written of late. */
  rate: size,
  /** What was deleted since the start to make room or for its age. */
  deleted: z.object({ events: z.number(), segments: z.number(), bytes: size }),
  /** What was written to the disk on this day (UTC), by what it was; `other` is what nobody accounts for. */
  written: z.object({ day: z.string(), recordings: size, pictures: size, catalogue: size, other: size }),
  /** What needs a person. */
  alarms: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type StorageState = Readonly<z.infer<typeof storageStateSchema>>;
export type StorageAlarm = StorageState['alarms'][number];
