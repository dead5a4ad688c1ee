import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4', '.jpg': 'image/jpeg', '.json': 'application/json',
};

/** What a browser is told that the object under `key` is. */
export const contentTypeOf = (key: string): string => TYPES[path.extname(key)] ?? 'application/octet-stream';
