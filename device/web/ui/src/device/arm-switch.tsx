import { useState } from 'preact/hooks';
import type { ArmingView } from '../../../../contract/arming.ts';
import type { CameraState } from '../../../../contract/topics.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';
import { armWords, unreachableWords } from './arm-words.ts';

export interface ArmSwitchProps {
  /** The switch. */
  readonly armed: boolean | null;
  readonly arming: ArmingView | null;
  readonly camera: CameraState | null;
  readonly isReachable: boolean;
  readonly onToast: (toast: Toast) => void;
}

/** The one thing that is done every day: large, and sure of itself only when the camera has confirmed. */
export function ArmSwitch({ armed, arming, camera, isReachable, onToast }: ArmSwitchProps) {
  const [wanted, setWanted] = useState<boolean | undefined>(undefined);
  const flip = async (): Promise<void> => {
    const next = armed !== true;
    setWanted(next);
    try {
      await server.arm(next);
      onToast({
        tone: 'good', text: next ? 'Switched on.' : 'Switched off. Movement makes no events until it is on again.',
      });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    } finally {
      setWanted(undefined);
    }
  };
  const isKnown = armed !== null && isReachable;
  const { title, text, isBad } = armed === null || isReachable
    ? armWords(armed, wanted, camera, arming) : unreachableWords(armed);
  return (
    <section class={`card arm ${isKnown ? armed ? '' : 'disarmed' : 'unknown'}`} aria-label="Arming">
      <span class="arm-sign">
        <Icon name="shield" />
        {isKnown ? <Icon name={armed ? 'check' : 'off'} /> : null}
      </span>
      <div class="arm-words">
        <h2 id="arm-title">{title}</h2>
        <p class={isBad ? 'bad' : undefined}>{text}</p>
      </div>
      <button
        type="button" role="switch" class="switch" aria-checked={wanted
          ?? armed === true} aria-labelledby="arm-title" aria-busy={wanted !== undefined}
        disabled={!isReachable || armed === null || wanted !== undefined || arming?.managed === true} onClick={() =>
          void flip()}
      >
        <i />
      </button>
    </section>
  );
}
