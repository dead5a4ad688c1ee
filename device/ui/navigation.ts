/** Screens are addresses: going to one asks the server for nothing. */
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'tyto-moved';

export function navigate(path: string): void {
  if (path === location.pathname + location.search) return;
  history.pushState(null, '', path);
  dispatchEvent(new Event(MOVED));
}

/** @returns What `read` makes of the address, always of the present one. */
export function useAddress<T>(read: () => T): T {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const follow = (): void => setPlace(read);
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return place;
}
