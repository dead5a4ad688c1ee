/**
 * How zones, lines and masks may be called: as people call them. A name is a level of topics, where MQTT has a meaning
 * of its own for `/`, `+` and `#` (MQTT 5.0, 4.7). It stands on pages and in messages, too: all of it must be seen.
 */
export const LONGEST_PLACE_NAME = 64;
export const PLACE_NAME = /^[\p{L}\p{N}][^\p{C}\p{Zl}\p{Zp}/+#]*$/u;
/** After `name`: what it must be. */
export const PLACE_NAME_RULE =
  `must begin with a letter or digit and have no / + or #, at most ${LONGEST_PLACE_NAME} signs`;

export const isPlaceName = (name: string): boolean => name.length <= LONGEST_PLACE_NAME && PLACE_NAME.test(name);
