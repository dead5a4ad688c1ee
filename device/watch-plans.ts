/** What the settings mean for each part of `watch`, in the part's own terms. Only its root uses it. */
import type { ThreadSettings } from './archive/thread/messages.ts';
import type { CameraSettings } from './camera/open-camera.ts';
import type { Settings } from './config/settings.ts';
import { wordsIn } from './config/words-in.ts';
import type { Places, Seeing } from './contract/places.ts';
import { parseSubSource } from './media/camera-source.ts';
import type { RecorderPlan } from './recorder/recorder-plan.ts';
import type { RoleStart } from './start-role.ts';
import type { RecognitionWishes } from './vision/recognition.ts';
import type { ArmingRules } from './watch/arming/arming.ts';
import type { CommandParts } from './watch/camera-commands.ts';
import { latenessOf } from './watch/lateness.ts';

/** Whether faces or things are looked for at all. */
export const recognises = ({ faces, objects }: Settings): boolean => faces.mode === 'on' || objects.mode !== 'off';

/** What recognition is asked for, always. */
export const recognitionWishes = ({ faces, objects }: Settings): RecognitionWishes => ({
  faces: faces.mode === 'on', objects: objects.mode !== 'off', minimumScore: faces.minimum_score, match: faces.match,
});

/** What of it may change while the scene is watched. */
export const motionRules = ({ sensitivity, zones, lines }: Seeing) => ({ sensitivity, zones, lines });

/** What of the picture motion and tampering are looked for in, and how finely; the size is the stream's. */
export const eyePlan = ({ motion, tamper }: Settings, seeing: Seeing) => ({
  ...motionRules(seeing), masks: seeing.privacy_masks, tamper,
  minimumSize: motion.minimum_size, maximumSize: motion.maximum_size, contrast: motion.contrast, absorb: motion.absorb,
});

export function cameraPlan(settings: Settings, { privacy_masks: masks }: Places): CameraSettings {
  const { camera, vision } = settings;
  return {
    source: camera.source, subSource: camera.sub_source, stallTimeout: camera.stall_timeout,
    certificate: camera.certificate, sound: camera.sound === 'on', asked: camera, hardware: vision.hardware,
    pictures: {
      decode: vision.decode, framesPerSecond: vision.frame_rate, colour: recognises(settings), masks,
    },
  };
}

/** The catalogue, its files, and when they may go. */
export function archivePlan(
  { settings: { camera, recording, retention, storage, upload }, place }: Pick<RoleStart, 'settings' | 'place'>,
): ThreadSettings {
  const landing = upload.target === 'directory' && upload.directory === '' ? place.landing : undefined;
  // Without storage of the owner's choice nobody may ever come for it: a camera that stops for that protects nobody.
  const untaken = landing === undefined ? 'keep' : 'delete';
  return {
    file: place.archive, mediaFolder: place.media, socket: place.archiveSocket,
    camera: camera.name, people: place.people,
    uploads: upload.target === 'none' ? undefined : place.uploads,
    // A second name in our own landing folder stays when the recording goes, if a fleet comes for it: nothing is lost.
    deleteAfter: landing === undefined ? upload.delete_after : 'stored',
    landing,
    retention: {
      maxBytes: retention.max_bytes, reserve: retention.reserve, minimumFree: recording.minimum_free,
      pending: retention.pending === 'auto' ? untaken : retention.pending,
      age: { event: retention.events, continuous: retention.continuous, timelapse: retention.timelapse },
    },
    writeBudget: storage.write_budget, fileNames: recording.file_names,
  };
}

type WhatToKeep = Pick<
  RecorderPlan,
  'mode' | 'preRoll' | 'knownLateBy' | 'keyframesApart' | 'maxLength' | 'minimumFree' | 'timelapse' | 'camera'
>;

/** What is kept of the camera. @param clockSynced - Whether the wall clock can be believed, for the time-lapse. */
export function recorderPlan(
  { camera, motion, recording, timelapse, vision }: Settings, clockSynced: () => boolean,
): WhatToKeep {
  const lateness = latenessOf({
    minimumDuration: motion.minimum_duration, decode: vision.decode,
    hasSubStream: parseSubSource(camera.sub_source) !== undefined,
  });
  return {
    mode: recording.mode, preRoll: recording.pre_roll, ...lateness, maxLength: recording.max_length,
    minimumFree: recording.minimum_free, camera: camera.name,
    timelapse: timelapse.interval === 0 ? undefined
      : { interval: timelapse.interval, frameRate: timelapse.frame_rate, clockSynced },
  };
}

/** How long what is asked for lasts where nobody says so. */
export const commandLengths = ({ recording }: Settings): CommandParts['lengths'] => ({
  record: recording.manual_length,
  trigger: recording.trigger_length === 0 ? recording.post_roll : recording.trigger_length,
});

export function armingRules(
  { settings: { arming, location, camera }, device }: Pick<RoleStart, 'settings' | 'device'>,
): ArmingRules {
  const { http, presence } = arming;
  return {
    fixed: arming.switch === 'free' ? undefined : arming.switch, timetable: arming.timetable,
    calendar: {
      // Asked only where a timetable needs it: the languages and zones that come with it are 7 MB.
      timeZone: location.time_zone === '' && arming.timetable.length > 0
        ? Intl.DateTimeFormat().resolvedOptions().timeZone : location.time_zone,
      place: location.latitude === 0 && location.longitude === 0 ? undefined : location, holidays: arming.holidays,
    },
    http: http.url === '' ? undefined
      : {
        url: http.url, every: http.every, timeout: http.timeout, withoutAnswer: http.without_answer,
        device, camera: camera.name,
      },
    presence: presence.topics === '' ? undefined : {
      topics: wordsIn(presence.topics), home: wordsIn(presence.home), unknown: presence.unknown,
    },
    delays: { arm: arming.arm_delay, disarm: arming.disarm_delay },
  };
}
