/** MQTT topics under one prefix, named as Frigate names them so that automations carry over. */
import type { TamperKind } from '../core/frame.ts';
import type { EventKind } from './event.ts';

export type Switch = 'ON' | 'OFF';

export interface CameraTopics {
  /** `ON` / `OFF`, not retained. */
  readonly motion: string;
  /** `ON` / `OFF`, retained: the switch; `arming` tells whether everything else allows it, too. */
  readonly enabledState: string;
  /** Takes `ON` / `OFF`. */
  readonly enabledSet: string;
  /** JSON `CommandAnswer`, not retained: what came of what was said there. */
  readonly enabledAnswer: string;
  /** JSON `ArmingView`, retained: whether it is armed, and why. */
  readonly arming: string;
  /** `online` / `offline`, retained: whether pictures arrive. */
  readonly status: string;
  /** JSON `CameraState`, retained. */
  readonly state: string;
  /** `ON` / `OFF`, retained: whether something is wrong with the picture itself, armed or not. */
  readonly tamper: string;
  /** JSON `{"kinds":["covered"]}`, retained: what is. */
  readonly tamperKinds: string;
  /** `ON` / `OFF`, not retained: whether something that makes an event is in the zone. */
  readonly zoneMotion: (zone: string) => string;
  /** JSON `LineCount`, retained. */
  readonly line: (line: string) => string;
  /** A whole number, not retained: how many of them the event under way has shown so far; 0 when it is over. */
  readonly count: (kind: CountedKind) => string;
  /** JSON `Seeing`, retained: the zones, lines, masks and sensitivity in force. */
  readonly places: string;
  /** Takes anything: read zones, lines and masks from the settings anew. */
  readonly placesReload: string;
  /** Raw JPEG of the latest event's best moment, retained. */
  readonly snapshot: string;
  /** Takes `ON`, `OFF` or JSON `RecordCommand`: record now. */
  readonly recordSet: string;
  /** `ON` / `OFF`, retained: whether something is recorded because somebody asked for it. */
  readonly recordState: string;
  /** JSON `CommandAnswer`, never retained: what came of a message on `recordSet`. */
  readonly recordAnswer: string;
  /** Takes JSON `TriggerCommand`, or a label: something happened elsewhere. */
  readonly trigger: string;
  /** JSON `CommandAnswer`, never retained: what came of a message on `trigger`. */
  readonly triggerAnswer: string;
}

export interface DeviceTopics {
  /** `online`, `stopped`, or `offline`, the last will: Frigate's words. Retained, QoS 1. */
  readonly available: string;
  /** JSON `EventMessage`, never retained: a replayed event would be a false alarm. */
  readonly events: string;
  /**
   * JSON, retained: what the uploader has done and what waits. No camera's topic can be the same, they go a level
   * deeper.
   */
  readonly uploads: string;
  /** JSON `FaceUpdate`, never retained: somebody was called by name. */
  readonly trackedObjectUpdate: string;
  /** JSON `StorageState`, retained: what the disk holds, and what of it needs a person. */
  readonly storage: string;
  /** JSON `SystemState`, retained: how the board is. */
  readonly system: string;
  /** Takes anything: what is said only when it changes is said again, for who has just begun to listen. */
  readonly onConnect: string;
  readonly camera: (name: string) => CameraTopics;
}

export function deviceTopics(prefix: string): DeviceTopics {
  return {
    available: `${prefix}/available`,
    events: `${prefix}/events`,
    uploads: `${prefix}/uploads`,
    trackedObjectUpdate: `${prefix}/tracked_object_update`,
    storage: `${prefix}/storage`,
    system: `${prefix}/system`,
    onConnect: `${prefix}/onConnect`,
    camera: (name) => ({
      motion: `${prefix}/${name}/motion`,
      enabledState: `${prefix}/${name}/enabled/state`,
      enabledSet: `${prefix}/${name}/enabled/set`,
      enabledAnswer: `${prefix}/${name}/enabled/answer`,
      arming: `${prefix}/${name}/arming`,
      status: `${prefix}/${name}/status/detect`,
      state: `${prefix}/${name}/state`,
      tamper: `${prefix}/${name}/tamper`,
      tamperKinds: `${prefix}/${name}/tamper/kinds`,
      zoneMotion: (zone) => `${prefix}/${name}/zones/${zone}/motion`,
      line: (line) => `${prefix}/${name}/lines/${line}`,
      count: (kind) => `${prefix}/${name}/${kind}`,
      places: `${prefix}/${name}/places`,
      placesReload: `${prefix}/${name}/places/reload`,
      snapshot: `${prefix}/${name}/motion/snapshot`,
      recordSet: `${prefix}/${name}/record/set`,
      recordState: `${prefix}/${name}/record/state`,
      recordAnswer: `${prefix}/${name}/record/answer`,
      trigger: `${prefix}/${name}/trigger`,
      triggerAnswer: `${prefix}/${name}/trigger/answer`,
    }),
  };
}

export const COUNTED_KINDS = ['person', 'vehicle', 'animal', 'face'] as const satisfies readonly EventKind[];
export type CountedKind = (typeof COUNTED_KINDS)[number];

/** Steps over a counting line since `since` (Unix seconds): the last midnight, or when the line began to be counted. */
export interface LineCount { readonly in: number; readonly out: number; readonly since: number }

/** As Frigate tells of a face; `id` is the event's. */
export interface FaceUpdate {
  readonly type: 'face';
  readonly id: string;
  readonly camera: string;
  readonly name: string;
  /** How alike, 0 to 1. */
  readonly score: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** `ON` or `OFF` as people and automations write it; undefined for anything else. */
export function parseSwitch(payload: string): Switch | undefined {
  const word = payload.trim().toUpperCase();
  return word === 'ON' || word === 'OFF' ? word : undefined;
}

/** How a camera is, for the page and for diagnosis. */
export interface CameraState {
  readonly camera: string;
  /**
   * What is being watched, for people: `the demo camera`, `rtsp://192.168.1.20`; never with a
   * password. Null before it is known.
   */
  readonly source: string | null;
  /** True when Tyto paints the pictures itself: nothing real is watched. */
  readonly demo: boolean;
  readonly state: 'connecting' | 'online' | 'offline';
  /** For people: what it is waiting for or why it failed; empty while all is well. */
  readonly reason: string;
  /** RFC 6381, once known. */
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Whether an event is being written to disk right now. */
  readonly recording: boolean;
  /** Why nothing is recorded just now, for people; null while recording is possible. */
  readonly idleReason: string | null;
  /** Why what happens now is not recorded although it should be, for people; null while it is, or need not be. */
  readonly loss: string | null;
  /** Why pictures are not being analysed although they come, for people; null while they are. */
  readonly visionFault: string | null;
  /** What is wrong with the picture itself just now. */
  readonly tamper: readonly TamperKind[];
  /**
   * Why faces and things are not recognised although they should be, for people; null while they are, or need not be.
   */
  readonly recognitionFault: string | null;
  /**
   * What is done less of because the device cannot keep up: steps from 0, and in words. Recording is never among it.
   */
  readonly load: { readonly level: number; readonly shed: readonly string[] };
  /** How many of the pictures are decoded, and why; null before it is known. */
  readonly decoding: {
    readonly mode: 'full' | 'gated' | 'learning';
    readonly reason: string;
    /** Share, lately. */
    readonly decoded: number;
  }
    | null;
  /** What decodes pictures for vision, and why; null before it is known, and where nothing is to be decoded. */
  readonly decoder: PictureDecoderState | null;
  /** What the camera sends, found at connect and measured since; null before it is known. */
  readonly stream: StreamFacts | null;
  /** RFC 6381 codec of the sound that is recorded: `mp4a.40.2`; null where none is. */
  readonly sound: string | null;
  /** The stream that is watched, where another is recorded (`camera.sub_source`); null where they are the same. */
  readonly watched: WatchedStream | null;
  /** Settings that this camera does not take, each a sentence for people. */
  readonly unmet: readonly string[];
  /** Frames that vision analysed and dropped since the start. */
  readonly framesAnalysed: number;
  readonly framesDropped: number;
}

export interface WatchedStream {
  /** For people; never with a password. */
  readonly source: string;
  /** RFC 6381. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Why another than the sub-stream is watched, for people; empty while all is as it should be. */
  readonly reason: string;
}

export interface PictureDecoderState {
  readonly kind: 'hardware' | 'software';
  /** For people. */
  readonly reason: string;
}

/** A camera's stream in figures; those that are measured are null for the first seconds. */
export interface StreamFacts {
  /** As the camera sends it, in ffmpeg's word: `h264`, `hevc`, `mjpeg`, `rawvideo`. */
  readonly codec: string;
  /** Bits a second of what is recorded, over the last ten seconds. */
  readonly bitrate: number | null;
  /** Pictures a second, over the last ten seconds. */
  readonly frameRate: number | null;
  /** Pictures from one keyframe of the recording to the next. */
  readonly gop: number | null;
}
