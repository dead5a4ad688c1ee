/**
 * An event in the JSON that Kerberos Vault puts into queues, for consumers written for it: what a recording is called
 * and where it lies, times in whole seconds, numbers in metadata as text. Pure.
 */
import type { ClipFile, TytoEvent } from '../../device/contract/event.ts';

export interface KerberosMessage {
  readonly date: number;
  readonly source: string;
  readonly provider: 'kstorage';
  readonly request: 'persist';
  readonly events: readonly string[];
  readonly payload: {
    readonly key: string;
    readonly fileSize: number;
    readonly is_fragmented: boolean;
    readonly bytes_ranges: string;
    readonly bytes_range_on_time: null;
    readonly metadata: Readonly<Record<string, string>>;
  };
}

/** The stages that Kerberos' own pipeline goes through. */
const STAGES = ['monitor', 'sequence', 'analysis', 'throttler', 'notification'] as const;

/**
 * @param folder - Of its media in the library, with a slash at its end.
 * @param at - Unix seconds: when the fleet took it in.
 * @param account - Whose device it is.
 */
export function kerberosMessage(
  { device, clip, box, top_score: score }: TytoEvent & { readonly clip: ClipFile }, folder: string,
  { at, account }: { readonly at: number; readonly account: string | null },
): KerberosMessage {
  const start = Math.round(clip.start_time * 1000);
  const [left, top, right, bottom] = box ?? [0, 0, clip.width, clip.height];
  return {
    date: Math.floor(at), source: 'tyto', provider: 'kstorage', request: 'persist', events: STAGES,
    payload: {
      key: folder + clip.name, fileSize: clip.bytes, is_fragmented: false, bytes_ranges: '', bytes_range_on_time: null,
      metadata: {
        'capture': 'IPCamera',
        'uploadtime': String(Math.floor(at)),
        'productid': device,
        'publickey': account ?? '',
        'event-timestamp': String(Math.floor(start / 1000)),
        'event-microseconds': String(start % 1000), // in spite of its name
        'event-instancename': device,
        'event-regioncoordinates': [left, top, right, bottom].map((edge) => Math.round(edge)).join('-'),
        'event-numberofchanges': String(Math.round(score * 1000)), // of a thousand pixels
        'event-token': String(Math.round(clip.duration * 1000)),
      },
    },
  };
}
