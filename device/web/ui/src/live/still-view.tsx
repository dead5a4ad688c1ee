import { useEffect, useState } from 'preact/hooks';

const NEXT_MS = 1000;
const AGAIN_MS = 4000;

/** A new still picture every second, for browsers that cannot play the camera's video. */
export function StillView() {
  const [count, setCount] = useState(0);
  const [delay, setDelay] = useState<number | undefined>(undefined);
  useEffect(() => {
    if (delay === undefined) return undefined;
    const timer = setTimeout(() => { setDelay(undefined); setCount(count + 1); }, delay);
    return () => clearTimeout(timer);
  }, [delay]);
  return <img class="still" src={`/api/snapshot.jpg?n=${count}`} alt="What the camera sees now" onLoad={() => setDelay(NEXT_MS)} onError={() => setDelay(AGAIN_MS)} />;
}
