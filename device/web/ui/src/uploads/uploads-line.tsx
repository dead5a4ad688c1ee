import { useEffect, useState } from 'preact/hooks';
import type { UploadStatus } from '../../../../contract/uploads-view.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { server } from '../server.ts';
import { uploadTrouble } from './upload-words.ts';

const LOOK_EVERY_MS = 60_000;

/** That uploads need somebody, for who did not ask; nothing while they go. It leads to what stands in their way. */
export function UploadsLine() {
  const [status, setStatus] = useState<UploadStatus | null>(null);
  useEffect(() => {
    const look = (): void => void server.uploads().then((view) => setStatus(view.status), () => setStatus(null));
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const trouble = status === null ? undefined : uploadTrouble(status);
  if (trouble === undefined) return null;
  return <p class="uploads-line" role="alert">
    <a href="/uploads" onClick={(click) => { click.preventDefault(); navigate('/uploads'); }}>{trouble}</a>
  </p>;
}
