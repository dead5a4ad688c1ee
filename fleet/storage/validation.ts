/** What trying a store out comes to. */
export const VALIDATION_STEPS = ['write', 'read', 'list', 'link', 'refuse', 'delete'] as const;
export type ValidationStepName = (typeof VALIDATION_STEPS)[number];

export interface ValidationStep {
  /** `link`: a signed link gives the object out. `refuse`: without its signature, it does not. */
  readonly step: ValidationStepName;
  /** `skipped`: it says nothing of this store, or there is nothing to try it on. */
  readonly state: 'good' | 'failed' | 'skipped';
  readonly code?: string;
  /** What was found and what to do, for people. */
  readonly problem?: string;
}
