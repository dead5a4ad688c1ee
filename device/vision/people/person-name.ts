/** Names of people as users give them: shown on pages, in messages and in terminals, and never part of a path. */
import { ConfigError } from '../../core/errors.ts';

const LONGEST = 64;
/** Control characters, line ends, and what turns writing round or cannot be seen: two names must not look the same. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/**
 * @returns The name in one form (NFC, single spaces, none around it).
 * @throws {ConfigError} `people.name`
 */
export function personName(given: string): string {
  const refuse = (why: string): never => {
    const shown = JSON.stringify(given.slice(0, 80));
    throw new ConfigError('people.name',
      `a person's name ${why}; expected 1 to ${LONGEST} visible characters, got ${shown}`);
  };
  if (HIDDEN.test(given)) refuse('has a character that cannot be seen');
  const name = given.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (name === '') refuse('is empty');
  // in an address they are steps, not names: the fleet asks for people by name
  if (name === '.' || name === '..') refuse('cannot be a dot or two, which are no name in an address');
  if (name.length > LONGEST) refuse('is too long');
  return name;
}

/** Whether two names mean one person: case does not count. */
export const sameName = (a: string, b: string): boolean =>
  a.normalize('NFC').toLocaleLowerCase('en') === b.normalize('NFC').toLocaleLowerCase('en');
