/** Names of devices and cameras: what may stand in a topic, an object key and a file name without escaping. */
export const NAME_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/;
