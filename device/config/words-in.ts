/** The words of a setting that is a list with commas between. */
export const wordsIn = (list: string): readonly string[] =>
  list.split(',').map((word) => word.trim()).filter((word) => word !== '');
