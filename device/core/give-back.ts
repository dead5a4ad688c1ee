/**
 * Gives the memory of pixels, or of other numbers, back that nobody needs any more, where it holds nothing else: until
 * garbage is looked for, a few pictures of some MB would wait. They are empty from then on; once more does nothing.
 */
export function giveBack({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength) buffer.transfer(0);
}
