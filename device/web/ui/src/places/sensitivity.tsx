export interface SensitivityProps {
  /** 0: only the plainest change counts; 1: the faintest. */
  readonly value: number;
  /** Of what, for who cannot see it. */
  readonly label: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** How small a change counts, as one slider, with the figure that the settings have. */
export function Sensitivity({ value, label, disabled = false, onChange }: SensitivityProps) {
  return (
    <div class="place-range">
      <span>Fewer events</span>
      <input type="range" min={0} max={1} step={0.05} value={value} disabled={disabled}
        aria-label={`${label}: left fewer events, right more`}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))} />
      <span>More events</span>
      <output>{value}</output>
    </div>
  );
}
