import { useEffect, useState } from 'preact/hooks';
import { inWords } from './server.ts';

/** What the server of a page says to a question that is asked again and again. */
export interface Answer<T> {
  /** The last one; undefined before the first. */
  readonly answer: T | undefined;
  /** Why there is no newer one, for people; empty where the last question was answered. */
  readonly error: string;
  /** Asks at once. */
  readonly look: () => void;
}

/**
 * For a screen that shows how something stands: asks when the screen comes, and then every `everyMs`.
 * @param ask - The same question as long as the screen is there.
 */
export function useAnswer<T extends object>(ask: () => Promise<T>, everyMs: number): Answer<T> {
  const [answer, setAnswer] = useState<T | undefined>(undefined);
  const [error, setError] = useState('');
  const look = (): void => {
    ask().then(
      (next) => {
        setAnswer(() => next);
        setError('');
      },
      (refused: unknown) => setError(inWords(refused)),
    );
  };
  useEffect(() => {
    look();
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, []);
  return { answer, error, look };
}
