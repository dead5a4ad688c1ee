/**
 * Which library a fleet files into, as its data folder remembers it: who is given another one by mistake is to be told.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { systemCode } from '../../device/core/errors.ts';
import { writeFileDurably } from '../../device/durable/write-file.ts';

const memory = z.object({
  place: z.string(),
  /** Of its server, where the place alone does not tell it. */
  endpoint: z.string(),
  /**
   * Where the events lie that this library lacks, and somebody said that it is right so: a place, or empty for
   * nowhere; null where it lacks none.
   */
  left: z.string().nullable(),
  /** Beside that, it was seen to hold what was filed since: where it holds nothing, it is gone. */
  holdsSome: z.literal(true).exactOptional(),
});
export type LibraryMemory = Readonly<z.infer<typeof memory>>;

/** Undefined where nothing is remembered, or not to be read: what lies in the library tells as much. */
export async function readLibraryMemory(file: string): Promise<LibraryMemory | undefined> {
  try {
    return memory.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Durable when it resolves. @throws {Error} The system's error. */
export const writeLibraryMemory = (file: string, remembered: LibraryMemory): Promise<void> =>
  writeFileDurably(file, `${JSON.stringify(remembered)}\n`);
