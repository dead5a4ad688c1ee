import type { Torn } from './torn.ts';

/** Of ffmpeg: what it may open, and what it is to open. */
export interface FileInput { readonly options: readonly string[]; readonly url: string }

/**
 * `file` is read as itself: it cannot send ffmpeg to other files or into the network. Of one that is torn, that part is
 * not shown for which ffmpeg would refuse all of it.
 */
export const fileInput = (file: string, torn?: Torn): FileInput => (torn?.readable === undefined
  ? { options: ['-protocol_whitelist', 'file'], url: `file:${file}` }
  : { options: ['-protocol_whitelist', 'file,subfile'], url: `subfile,,start,0,end,${torn.readable},,:file:${file}` });

/** The same for a command line. */
export function fileArguments(file: string, torn: Torn | undefined): readonly string[] {
  const { options, url } = fileInput(file, torn);
  return [...options, '-i', url];
}
