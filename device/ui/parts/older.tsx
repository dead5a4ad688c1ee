import { useEffect, useRef } from 'preact/hooks';

export interface OlderProps { readonly status: 'loading' | 'ready' | 'failed'; readonly onLoad: () => void }

/** A button, for keyboards and for when looking is not enough; pressed by itself as it comes near. */
export function Older({ status, onLoad }: OlderProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null || status !== 'ready') return undefined; // after a failure, people decide
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) onLoad();
      },
      { rootMargin: '600px' },
    );
    watcher.observe(button.current);
    return () => watcher.disconnect();
  });
  return (
    <button type="button" class="plain older" ref={button} disabled={status === 'loading'} onClick={onLoad}>
      {status === 'failed' ? 'Could not be loaded. Try again' : 'Older'}
    </button>
  );
}
