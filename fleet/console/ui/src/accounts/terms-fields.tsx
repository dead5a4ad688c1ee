export interface TypedTerms { readonly quota: string; readonly days: string }

/** What an account may hold, and for how long. */
export function TermsFields({
  typed, unit = 'GB', onTyped,
}: { readonly typed: TypedTerms; readonly unit?: string; readonly onTyped: (typed: TypedTerms) => void }) {
  return (
    <>
      <label class="field">
        <span class="field-name">May hold</span>
        <span class="field-box">
          <input inputMode="decimal" placeholder="any amount" value={typed.quota} autocomplete="off" onInput={({
            currentTarget,
          }) =>
            onTyped({ ...typed, quota: currentTarget.value })} />
          <span class="field-unit">{unit}</span>
        </span>
      </label>
      <label class="field">
        <span class="field-name">Keeps footage</span>
        <span class="field-box">
          <input inputMode="numeric" placeholder="for ever" value={typed.days} autocomplete="off" onInput={({
            currentTarget,
          }) =>
            onTyped({ ...typed, days: currentTarget.value })} />
          <span class="field-unit">days</span>
        </span>
      </label>
    </>
  );
}
