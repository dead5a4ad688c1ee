/** Whether somebody is at home, as others say on the bus: one topic for each person, or for the house. */
import type { Condition } from './decide.ts';

export interface PresenceRules {
  /** Topics, each with payloads such as Home Assistant's `home` and `not_home`. */
  readonly topics: readonly string[];
  /** Payloads that mean that somebody is there; anything else means that nobody is. */
  readonly home: readonly string[];
  /** What counts while a topic has said nothing. */
  readonly unknown: 'armed' | 'disarmed';
}

export class Presence {
  readonly #rules: PresenceRules;
  readonly #isHome = new Map<string, boolean>();
  constructor(rules: PresenceRules) { this.#rules = rules; }

  /** @returns Whether that is news. */
  heard(topic: string, payload: string): boolean {
    const word = payload.trim().toLowerCase();
    const isHome = this.#rules.home.some((known) => known.toLowerCase() === word);
    if (!this.#rules.topics.includes(topic) || this.#isHome.get(topic) === isHome) return false;
    this.#isHome.set(topic, isHome);
    return true;
  }

  get condition(): Condition {
    const { topics, unknown } = this.#rules;
    if ([...this.#isHome.values()].includes(true)) return { allows: false, because: 'somebody is at home' };
    const silent = topics.filter((topic) => !this.#isHome.has(topic));
    if (silent.length === 0) return { allows: true, because: 'nobody is at home' };
    return {
      allows: unknown === 'armed', because: `nobody knows who is at home (nothing came on ${silent.join(', ')})`,
    };
  }
}
