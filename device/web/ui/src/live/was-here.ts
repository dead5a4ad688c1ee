/**
 * Whether this browser was let in when it was last here. The cookie says so too, but not to scripts; a live picture
 * that is asked for without one is refused, and the browser reports that as a fault of the page.
 */
const KEY = 'tyto.let-in';

/** False where the browser keeps nothing: the picture then comes a moment later. */
export function wasHere(): boolean {
  try { return localStorage.getItem(KEY) === 'yes'; } catch { return false; }
}

export function noteLetIn(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch { /* it keeps nothing */ }
}
