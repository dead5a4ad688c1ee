/**
 * The names that agents of Kerberos give their recordings: `1564859471_6-474162_oprit_577-283-727-375_1153_27.mp4`,
 * which is the second and its fraction (after the number of its digits), the camera, the region that moved, how much of
 * it did, and a token; newer ones end with the length in milliseconds.
 */
export interface AgentFileName {
  /** Unix seconds of the first picture. */
  readonly at: number;
  readonly camera: string;
  /** `[left, top, right, bottom]` in pixels; undefined where none is told. */
  readonly region: readonly [number, number, number, number] | undefined;
  readonly changes: number;
}

const NAME = /^(\d{10})_\d{1,2}-(\d{1,6})_([^_]+)_(\d{1,5})-(\d{1,5})-(\d{1,5})-(\d{1,5})_(\d{1,9})_\d{1,12}\.mp4$/;

/** Undefined for another name. */
export function readAgentFileName(name: string): AgentFileName | undefined {
  const [whole, second = '', fraction = '', camera = '', left, top, right, bottom, changes] = NAME.exec(name) ?? [];
  if (whole === undefined) return undefined;
  const region = [Number(left), Number(top), Number(right), Number(bottom)] as const;
  return {
    at: Number(`${second}.${fraction}`), camera, changes: Number(changes),
    region: region[0] < region[2] && region[1] < region[3] ? region : undefined,
  };
}
