/**
 * What ffmpeg says of pictures that it could not decode, or not without fault. It says so in words alone, and goes on:
 * they are told here from what it says of sound files, too.
 */
/** What ffmpeg is to be started with. */
export const TELL_FAULTS = ['-loglevel', 'level+warning'] as const;

/**
 * Of ffmpeg itself: a picture came with faults, or its packet was refused. Of a packet it says that it is corrupt also
 * where two streams were put one behind the other: that is not relied upon.
 */
const FAULTS = /corrupt decoded frame|Error while decoding stream|Error submitting .*packet/;
/** `[mjpeg @ 0x55d7a4c0] [error] error y=12 x=3`: who says it, and what. */
const ERROR = /^(?:\[([^\]@]+) @ [^\]]+\] )?\[(?:error|fatal)\] (.*)$/;
/**
 * They complain of what they mend, of pictures that lead a place where decoding begins, and of times; of real faults in
 * what these decode ffmpeg itself tells. Parsers have no name.
 */
const UNRELIABLE = new Set(['h264', 'hevc', 'NULL', 'mp4', 'rawvideo']);
/** Cameras write JPEGs that lack their last bytes, or say of themselves what no other understands. */
const HARMLESS = /^overread|APP fields/;

/** No line of it is longer; what is, is cut in two. */
const LONGEST_LINE = 4000;

export class FfmpegFaults {
  readonly #onFault: () => void;
  #line = '';
  #words = '';

  /** @param onFault - Told of each line that speaks of a fault. */
  constructor(stderr: NodeJS.ReadableStream | null, onFault: () => void) {
    this.#onFault = onFault;
    stderr?.on('data', (chunk: Buffer) => {
      const lines = (this.#line + chunk.toString('utf8')).split('\n');
      this.#line = lines.pop()?.slice(-LONGEST_LINE) ?? '';
      for (const line of lines) this.#take(line);
    });
  }

  /** Its latest complaint; what comes last may lack its end. */
  get words(): string {
    this.#take(this.#line);
    this.#line = '';
    return this.#words;
  }

  #take(line: string): void {
    const [, who = '', words] = ERROR.exec(line) ?? [];
    if (words !== undefined) this.#words = words;
    if (FAULTS.test(line) || (words !== undefined && isReliable(who, words))) this.#onFault();
  }
}

/** Most of what it decoded had faults: it has told them, and has come to its end. */
const MOSTLY_FAULTS = 69;

/** Why an ffmpeg ended, from its last complaint and what its process ended with; undefined where it came to its end. */
export function endWords(complaint: string, code: number | null, signal: string | null): string | undefined {
  if (code === 0 || code === MOSTLY_FAULTS) return undefined;
  if (signal !== null) return `ffmpeg was ended from outside (${signal})`;
  return complaint || `ffmpeg ended with ${code}`;
}

const isReliable = (who: string, words: string): boolean => who !== '' && !UNRELIABLE.has(who) && !HARMLESS.test(words);
