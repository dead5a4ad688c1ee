import type { Stats } from 'node:fs';

/** `st_blocks` counts these. */
const BLOCK = 512;

/** Bytes that the disk gets back with the last name of a file. */
export const takenOnDisk = ({ blocks }: Stats): number => blocks * BLOCK;
