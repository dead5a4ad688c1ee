import type { RestWord } from './demand.ts';

/** What a role tells whoever keeps it. */
export type RoleMessage =
  /** Said again and again by the event loop: it still turns. */
  | { readonly type: 'alive' }
  | { readonly type: 'ready'; readonly notice?: string }
  | RestWord
  /** Of what the parent hands over, one more is in this role's hands. */
  | { readonly type: 'taken' }
  | { readonly type: 'failed'; readonly message: string; readonly config: boolean };
