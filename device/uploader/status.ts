/** What the uploader says of itself, for the bus and the device's page. */
export interface UploaderStatus {
  readonly target: 'none' | 'directory' | 's3';
  /** Events that wait for their turn, or for the store. */
  readonly pending: number;
  readonly uploaded: number;
  /** Events of which something cannot go for a reason that does not pass by itself; still tried again. */
  readonly refused: number;
  /** Events that were deleted on this device before they had gone wholly, since the start. */
  readonly gone: number;
  /** What stands in the way of all uploads at present. */
  readonly problem: UploadProblem | null;
  /** The newest refused events, at most 10. */
  readonly refusals: readonly Refusal[];
}

export interface UploadProblem { readonly code: string; readonly message: string }

export interface Refusal {
  readonly event: string;
  readonly code: string;
  readonly reason: string;
  /** Unix seconds of the next try. */
  readonly retry_at: number;
}
