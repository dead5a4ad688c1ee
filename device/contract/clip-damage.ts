/**
 * What is wrong with the pictures of a clip that is otherwise what its device recorded: a camera on a bad line sends
 * such video, and it is shown all the same.
 */
export interface ClipDamage {
  /** A sentence for people. */
  readonly reason: string;
  /** Share of the pictures that decode without fault, 0 to 1. What the others show is made up in part. */
  readonly decoded_share: number;
}
