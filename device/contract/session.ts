/** What `GET /api/session` answers, on every page of Tyto. */
export interface SessionView {
  /** Whether a password was set. */
  readonly owner: boolean;
  readonly signedIn: boolean;
  /** Signed in, but what is encrypted waits for the password: signing in once more opens it. */
  readonly locked: boolean;
}
