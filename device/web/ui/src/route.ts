/** Which screen: `/` is live, `/events/<id>` one event. */
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'tyto-moved';

export function navigate(path: string): void {
  if (path === location.pathname) return;
  history.pushState(null, '', path);
  dispatchEvent(new Event(MOVED));
}

/** The id of the event that is looked at; undefined for live. */
export function useSelectedEvent(): string | undefined {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const follow = (): void => setPath(location.pathname);
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return /^\/events\/([^/]+)$/.exec(path)?.[1];
}
