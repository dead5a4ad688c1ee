import type { TytoEvent } from '../device/contract/event.ts';
import type { FleetIndex } from './index/port.ts';
import type { Register } from './ingest/ports.ts';

/**
 * What ingest files with: every event with the account that it belongs to.
 * @param ownerOf - Undefined for what is nobody's.
 */
export function filingRegister(
  index: FleetIndex, ownerOf: (event: TytoEvent) => string | undefined | Promise<string | undefined>,
): Register {
  return {
    known: (device, id) => index.known(device, id),
    accept: async (row, keys, version) => {
      const account = await ownerOf(row.event);
      return index.accept({ ...row, ...(account === undefined ? {} : { account }) }, keys, version);
    },
    unfinishedRejection: (key) => index.unfinishedRejection(key),
    rejection: (key) => index.rejection(key),
    reject: (rejection) => index.reject(rejection),
    finishRejection: (key) => index.finishRejection(key),
  };
}
