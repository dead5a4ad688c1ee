/** A file is read as itself: it cannot send ffmpeg to other files or into the network. */
export const FILE_ONLY = ['-protocol_whitelist', 'file'] as const;
