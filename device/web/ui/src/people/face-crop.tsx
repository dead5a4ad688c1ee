import { useState } from 'preact/hooks';
import type { Box } from '../../../../core/geometry.ts';
import { cropOf } from './crop-of.ts';

export interface FaceCropProps {
  /** The address of the whole picture. */
  readonly picture: string;
  /** Where in it the face is. */
  readonly box: Box;
  readonly onShown: () => void;
  readonly onFailed: () => void;
}

/** A face and a little of what is around it. */
export function FaceCrop({ picture, box, onShown, onFailed }: FaceCropProps) {
  const [style, setStyle] = useState<ReturnType<typeof cropOf> | undefined>(undefined);
  return (
    <span class="crop">
      <img
        src={picture} alt="The face" style={style ?? { visibility: 'hidden' }} onError={onFailed}
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
          setStyle(cropOf(box, { width, height }));
          onShown();
        }}
      />
    </span>
  );
}
