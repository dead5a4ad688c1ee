/** A text to be copied. Selected as a whole by a press: plain http has no clipboard for pages. */
export function Copied({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <label class="key-text">
      <span>{label}</span>
      <input readOnly value={text} spellcheck={false} onFocus={({ currentTarget }) => currentTarget.select()} />
    </label>
  );
}
