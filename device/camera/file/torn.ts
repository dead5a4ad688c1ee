/** What is known of a file whose container does not end as it says. */
export interface Torn {
  /** `is cut off: …`: what is not all there, and from which byte on. */
  readonly fault: string;
  /** ffmpeg reads the file only up to this byte, and nothing of all of it. */
  readonly readable?: number;
}

export interface FileHead {
  /** Fewer bytes where the file ends before. */
  readonly readAt: (at: number, bytes: number) => Uint8Array;
  /** Bytes. */
  readonly size: number;
}
