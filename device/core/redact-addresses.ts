/** `text` with every address in it cut to scheme and host: passwords stand before the host, in paths and in queries. */
export const redactAddresses = (text: string): string =>
  text.replaceAll(
    /\b([a-z][a-z0-9+.-]*):\/\/[^\s'"]*/gi, (address, scheme: string) => `${scheme}://${hostOf(address)}/…`,
  );

/** What stands after the last `@` of the authority, which a password may hold unescaped. */
function hostOf(address: string): string {
  const rest = address.slice(address.indexOf('://') + 3);
  const host = /^[^/]*@/.test(rest) ? rest.slice(rest.lastIndexOf('@') + 1) : rest;
  return /^[^/?#]*/.exec(host)?.[0] ?? '';
}

/**
 * True of what looks like an address, but not so that its host could be told from the rest:
 * then nothing of it is to be shown.
 */
export const mayHidePassword = (text: string): boolean =>
  !/^[a-z][a-z0-9+.-]*:\/\/\S*$/i.test(text) && /^\w+:|[@?=]/.test(text);
