/** @returns What lies in `value` at a path such as Zod names of a problem; undefined when there is nothing. */
export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((inner, key) =>
  (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) as unknown : undefined), value);
