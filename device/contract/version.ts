/** The product's version, in step with package.json (a test compares them). */
export const TYTO_VERSION = '0.1.0';
export const PRODUCER = `tyto ${TYTO_VERSION}`;
