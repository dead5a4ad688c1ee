/** Whether a camera is armed, and why: retained on the bus, and on the page. */
import { z } from 'zod';

export const armingViewSchema = z.object({
  /** Whether motion and all else that is seen becomes events. */
  armed: z.boolean(),
  /** The position of the switch, which is one condition among others. */
  switch: z.boolean(),
  /** The settings fix the switch: it cannot be turned here. */
  managed: z.boolean(),
  /** For people: one sentence. */
  reason: z.string(),
  /** Unix seconds at which the timetable changes next; null without one, or when it does not within a week. */
  next: z.number().nullable(),
});
export type ArmingView = Readonly<z.infer<typeof armingViewSchema>>;
