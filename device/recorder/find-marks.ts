/** Looks for what only a clip of ours holds, or only another fragment, in a file whose boxes can no longer be read. */
import { open } from 'node:fs/promises';
import { ENCRYPTED_TYPE } from '../contract/encrypted-box.ts';
import { SEAL_TYPE } from '../contract/seal.ts';

const CHUNK_BYTES = 1024 * 1024;

/** What stands near the beginning of a fragment, in the clear and encrypted. */
const FRAGMENT_MARKS = [Buffer.from('moof'), Buffer.from(ENCRYPTED_TYPE)];

/** Whether another fragment begins after the one that begins at `from`. */
export const holdsFurtherFragment = (file: string, from: number): Promise<boolean> =>
  holdsAny(file, FRAGMENT_MARKS, from + 8);

/** Whether a recorder of ours has sealed or encrypted anything of what stands in `file`. */
export const holdsOurs = (file: string): Promise<boolean> =>
  holdsAny(file, [Buffer.from(SEAL_TYPE), Buffer.from(ENCRYPTED_TYPE)], 0);

async function holdsAny(file: string, marks: readonly Buffer[], from: number): Promise<boolean> {
  await using handle = await open(file, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const longest = Math.max(...marks.map(({ byteLength }) => byteLength));
  for (let at = from; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at);
    if (bytesRead === 0) return false;
    const read = chunk.subarray(0, bytesRead);
    if (marks.some((mark) => read.includes(mark))) return true;
    at += Math.max(1, bytesRead - longest + 1); // the mark may lie across two chunks
  }
}
