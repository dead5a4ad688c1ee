/** A program, and arguments that stand before all others. */
export type Command = readonly [program: string, ...args: readonly string[]];
