/** How much of a section is measured. */
export interface Depth {
  readonly runs: number;
  readonly full: boolean;
  readonly minutes: number;
}
