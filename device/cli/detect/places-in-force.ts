import { environmentName, type LoadedSettings } from '../../config/load-settings.ts';
import { PLACE_KINDS } from '../../contract/place-kinds.ts';

const WORDS = { zones: 'zones', lines: 'lines', privacy_masks: 'masks' } as const;

/**
 * One line for who may not know that places of the device's own picture hold for this clip, too; undefined without any.
 * @param file - The settings file that was read.
 */
export function placesInForce({ values, given }: LoadedSettings, file: string): string | undefined {
  const parts = PLACE_KINDS.filter((kind) => values[kind].length > 0).map((kind) => ({
    source: given.get(kind)?.origin === 'environment' ? environmentName(kind) : file,
    names: `${WORDS[kind]} ${values[kind].map(({ name }) => name).join(', ')}`,
  }));
  if (parts.length === 0) return undefined;
  const sources = [...Map.groupBy(parts, ({ source }) => source)];
  const told = sources.map(([source, of]) => `${of.map(({ names }) => names).join(', ')} of ${source}`).join(', ');
  return `tyto detect: ${told} are in force${sources.some(([source]) => source === file)
    ? '; --settings FILE tries others'
    : ''}`;
}
