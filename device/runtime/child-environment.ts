/**
 * What the programs that this process starts are told of its environment. Settings are read
 * from it in the `config` rooms only.
 */
import { dropLean } from './lean.ts';

/** Where programs and their libraries are found, and nothing else: for those that read what strangers sent. */
export const bareEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name === 'PATH' || name === 'LD_LIBRARY_PATH'));

/** What made this process lean has done its work: the programs that it starts get the user's own values. */
export const forgetLean = (): void => dropLean(process.env);
