import { useEffect, useState } from 'preact/hooks';

export interface Toast { readonly text: string; readonly tone: 'good' | 'bad' }

const SHOWN_MS = 4500;

/** One short message at a time. @returns What shows it, and where it stands. */
export function useToast() {
  const [toast, setToast] = useState<Toast | undefined>(undefined);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => setToast(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  const place = <output class="toasts">
    {toast === undefined ? null : <span class={`toast ${toast.tone}`}>{toast.text}</span>}
  </output>;
  return [setToast, place] as const;
}
