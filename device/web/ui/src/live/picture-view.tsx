import { useEffect, useRef, useState } from 'preact/hooks';

/** Between two tries to get pictures one after the other, and between two single ones meanwhile. */
const AGAIN_MS = 15_000;
const NEXT_MS = 1000;

/**
 * The live picture for browsers that cannot play the camera's video: pictures that come by
 * themselves, or else one a second.
 */
export function PictureView() {
  const [single, setSingle] = useState(false);
  useEffect(() => {
    if (!single) return undefined;
    const timer = setTimeout(() => setSingle(false), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [single]);
  return single ? <SinglePictures /> : <Stream onFailed={() => setSingle(true)} />;
}

function Stream({ onFailed }: { readonly onFailed: () => void }) {
  const image = useRef<HTMLImageElement>(null);
  // Taken out of the page it would go on loading.
  useEffect(() => () => image.current?.removeAttribute('src'), []);
  return <img ref={image} class="still" src="/api/live.mjpeg" alt="What the camera sees now" onError={onFailed} />;
}

function SinglePictures() {
  const [count, setCount] = useState(0);
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!due) return undefined;
    const timer = setTimeout(() => { setDue(false); setCount(count + 1); }, NEXT_MS);
    return () => clearTimeout(timer);
  }, [due]);
  return <img class="still" src={`/api/snapshot.jpg?n=${count}`} alt="What the camera sees now" onLoad={() =>
    setDue(true)} onError={() => setDue(true)} />;
}
