/** What is said of keys that an entry of a list does not have. @param inner - Where in the entry they stand. */
export const noSuchSetting = (inner: readonly PropertyKey[], keys: readonly string[]): string =>
  `there is no setting ${keys.map((key) => JSON.stringify([...inner.map(String), key].join('.'))).join(', ')}`;
