/** How ffmpeg makes a picture in small. */

/** Pixels; the height follows. Wide enough for a list, a notification and a watch. */
export const SMALL_WIDTH = 320;

/** Never larger than it is; both sides even, as H.264 wants them. */
export const SCALED = `scale='2*floor(min(${SMALL_WIDTH},iw)/2)':-2:flags=area`;

/** What comes behind the input of one picture, to have it in small, as a JPEG, on standard output. */
export const SMALL_JPEG = [
  '-vf', SCALED, '-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1',
] as const;
