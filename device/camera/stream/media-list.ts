/**
 * What ffmpeg is to read, as a list on its standard input (ffmpeg's `concat` format). On the command line every user of
 * the machine could read a camera's password; and a list can name a file again and again.
 */

/** ffmpeg's options for reading a list, without `-i pipe:0`; `protocols` are all that its entries can lead to. */
export const listInput = (protocols: readonly string[]): readonly string[] => [
  '-protocol_whitelist', ['pipe', ...protocols].join(), '-f', 'concat', '-safe', '0',
];

/**
 * @param url - With its scheme. A file's path stands as it is after `file:`.
 * @param options - What the entry's own demuxer is told: `rtsp_transport tcp`.
 */
export function mediaList(url: string, options: readonly string[] = [], times = 1): string {
  const entry =
    [`file '${url.replaceAll("'", String.raw`'\''`)}'`, ...options.map((option) => `option ${option}`)].join('\n');
  return `ffconcat version 1.0\n${`${entry}\n`.repeat(times)}`;
}
