/** `tyto-fleet storage validate`: tries stores out, and says what is missing. */
import { ConfigError } from '../device/core/errors.ts';
import { millis } from '../device/core/units.ts';
import { print } from '../device/runtime/print.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { MEDIA } from './console/routes.ts';
import { openForTrial, reportOn, type NamedStore, type StoreReport } from './open-library.ts';
import { LinkSigner } from './storage/link-signer.ts';
import { openStore } from './storage/open-store.ts';
import { parseStorePlace, placeText } from './storage/store-place.ts';

const MARKS = { good: 'good   ', failed: 'FAILED ', skipped: 'skipped' } as const;

/**
 * @param store - A place, or a name among those of the settings; undefined for all of them. A place that the settings
 *   do not name is tried with the machine's own credentials.
 * @throws {ConfigError} `storage.unusable` when a store fails a step; everything is printed before.
 */
export async function runStorageValidate(
  { store, settings }: { readonly store: string | undefined; readonly settings: LoadedFleetSettings },
  signal: AbortSignal,
): Promise<void> {
  // none of its links are given out
  const links = { signer: new LinkSigner(new Uint8Array(32), () => millis(Date.now())), route: MEDIA };
  using stores = await openForTrial(settings, links, signal);
  const all: readonly NamedStore[] = [stores.library, stores.quarantine, ...stores.replicas];
  const chosen = store === undefined
    ? all.filter(({ isConfigured }) => isConfigured)
    : all.filter(({ name, place }) => name === store || placeText(place) === store);
  if (store === undefined && chosen.length === 0)
    return void print(
      'Library and quarantine lie in the data folder, and there are no replicas: there is nothing to try out.\n',
    );
  const reports = await reportOn(
    chosen.length > 0 ? chosen : [strange(store ?? '', all.map(({ name }) => name), links, signal)],
  );
  print(reports.map(reportText).join('\n'));
  if (reports.some(({ steps }) => steps.some(({ state }) => state === 'failed')))
    throw new ConfigError('storage.unusable', 'not every store can be used as it is set');
}

function strange(
  text: string, names: readonly string[], links: Parameters<typeof openStore>[1], signal: AbortSignal,
): NamedStore {
  // a word is a name: of a replica that the settings do not have
  const place = text.includes('/') ? parseStorePlace(text) : undefined;
  if (place === undefined) {
    throw new ConfigError(
      'storage.unknown',
      `${JSON.stringify(text)} is neither the name of a store of the settings (${names.join(', ')}) nor a place such as s3://bucket/prefix or ./folder`,
    );
  }
  return { name: 'store', place, endpoint: '', store: openStore({ place }, links, signal), isConfigured: true };
}

const reportText = ({ name, place, steps }: StoreReport): string =>
  [`${name}  ${place}`, ...steps.map(stepText), ''].join('\n');

const stepText = ({ step, state, problem }: StoreReport['steps'][number]): string =>
  `  ${MARKS[state]}  ${step}${problem === undefined ? '' : `: ${problem}`}`;
