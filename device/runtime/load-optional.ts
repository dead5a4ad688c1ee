import { systemCode } from '../core/errors.ts';

export type OptionalModule =
  | { readonly ok: true; readonly module: unknown }
  /** `reason` is for people: why the package cannot be used here. */
  | { readonly ok: false; readonly reason: string };

/**
 * Loads a package that may be absent, or built for another machine. Whatever goes wrong while it loads makes it
 * unavailable, never makes us fail. The module comes as `unknown`: decode it at the port.
 *
 * @param load - `() => import('rpio')`, in the file that uses it, so that tools still see the name.
 */
export async function loadOptional(name: string, load: () => Promise<unknown>): Promise<OptionalModule> {
  try {
    return { ok: true, module: await load() };
  } catch (error) {
    return { ok: false, reason: reasonOf(name, error) };
  }
}

function reasonOf(name: string, error: unknown): string {
  const code = systemCode(error);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return `${name} is not installed`;
  if (code === 'ERR_DLOPEN_FAILED')
    return `${name} was built for another Node.js or machine; type: npm rebuild ${name}`;
  // The `bindings` package, which finds native parts, lists the places where it looked.
  if (error instanceof Error && 'tries' in error)
    return `${name} is installed without its native part; type: npm rebuild ${name}`;
  return `${name} does not load: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
}
