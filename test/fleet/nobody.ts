/** A console that nobody asks for footage, and that tells nobody. */
import type { ConsoleRequests, ConsoleSubscribers } from '../../fleet/console/ports.ts';

export const noRequests: ConsoleRequests = {
  ask: () => Promise.reject(new Error('nobody is asked for footage here')),
  withdraw: async () => undefined, list: async () => [], get: async () => undefined, revision: 0,
};
export const noSubscribers: ConsoleSubscribers = { views: () => [], redrive: () => undefined };
