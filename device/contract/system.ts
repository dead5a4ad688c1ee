/** How the board is that a device runs on: retained on the bus. */
import { z } from 'zod';

export const systemStateSchema = z.object({
  /** Of the processor, degrees Celsius; null where the board does not tell. */
  temperature: z.number().nullable(),
  /** Whether the supply is too weak just now; null where the board does not tell. */
  under_voltage: z.boolean().nullable(),
  /** Whether the clock can be believed. */
  clock_synced: z.boolean(),
  /** Seconds since the board started. */
  uptime: z.number(),
  /** Tasks that ran or waited for a processor, mean of five minutes. */
  load: z.number(),
  /** Bytes that programs can still have. */
  memory_available: z.number(),
});
export type SystemState = Readonly<z.infer<typeof systemStateSchema>>;
