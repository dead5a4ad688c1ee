/**
 * What ffmpeg is told of each MP4 that has no end. Left to itself it remembers where each fragment lies until it writes
 * a list of them at the end: of 25 packets a second that is 120 MB a day.
 */
export const ENDLESS_MP4 = '+empty_moov+default_base_moof+skip_trailer';
