const NAMES = ['PATH', 'HOME', 'NODE_COMPILE_CACHE'];

/**
 * What a program that a test starts gets of our environment: where tools are, and where Node.js keeps what
 * it compiled. No setting of Tyto's.
 */
export function basicEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(NAMES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
