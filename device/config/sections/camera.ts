/** Where pictures come from, and how the camera is to take them. */
import { NAME_PATTERN } from '../../contract/name-pattern.ts';
import { CAMERA_CERTIFICATE, readCertificate } from '../../media/camera-certificate.ts';
import { CAMERA_SOURCES, readSource, readSubSource, SUB_SOURCES } from '../../media/camera-source.ts';
import {
  choiceSetting as choice, durationSetting as duration, integerSetting as integer, numberSetting as number,
  textSetting as text,
} from '../setting.ts';

function cameraSourceFault(value: string): string | undefined {
  const source = readSource(value);
  return 'got' in source ? source.got : undefined;
}

function certificateFault(value: string): string | undefined {
  const certificate = readCertificate(value);
  return 'got' in certificate ? certificate.got : undefined;
}

function sizeFault(value: string): string | undefined {
  const sides = value.split('x').map(Number);
  return value === '' || sides.every((side) => side >= 64 && side <= 8192 && side % 2 === 0) ? undefined : `"${value}"`;
}

function subSourceFault(value: string): string | undefined {
  const source = readSubSource(value);
  return source !== undefined && 'got' in source ? source.got : undefined;
}

export const cameraSettings = {
  camera: {
    source: text({ default: 'auto', pattern: /^[^\0\r\n]+$/, shown: 'host',
      expectation: CAMERA_SOURCES, fault: cameraSourceFault,
      doc: 'Where pictures come from. `attached` takes the attached camera and waits where there is none; ' +
        '`auto` takes the built-in demo camera where there is none at the start.' }),
    sub_source: text({
      default: '', pattern: /^[^\0\r\n]*$/, shown: 'host', expectation: SUB_SOURCES, fault: subSourceFault,
      doc:
        'A second, smaller stream of the same camera that is watched, while the one of `camera.source` is only recorded; without one, the same is recorded and watched.',
    }),
    sound: choice({ default: 'on', choices: ['on', 'off'],
      doc:
        'Whether the camera\'s sound is recorded and can be heard live. Recording what people say is forbidden in many places: `off` does not even ask the camera for it.' }),
    name: text({ default: 'camera', pattern: NAME_PATTERN, expectation: 'letters, digits and inner hyphens, at most 64',
      doc: 'Name of the camera in topics and file names.' }),
    stall_timeout: duration({
      default: '10s', min: '2s', max: '2m',
      doc: 'Time without pictures after which the camera is taken for gone and connected anew.',
    }),
    size: text({
      default: '', pattern: /^$|^\d{2,5}x\d{2,5}$/,
      expectation: 'a size such as 1280x720, of even sides from 64 to 8192', fault: sizeFault,
      doc:
        'Size that is asked of an attached camera, before it is turned; without one, about 1280x720. A network camera\'s is set in the camera itself.',
    }),
    frame_rate: integer({
      default: 0, min: 0, max: 60,
      doc:
        'Pictures a second that are asked of an attached camera, or taken of one that sends JPEG; 0 is what suits it: 15, of single JPEG pictures 2.',
    }),
    rotation: choice({ default: '0', choices: ['0', '90', '180', '270'],
      doc:
        'Degrees by which the picture is turned clockwise, where the device encodes it or the camera can; not where a finished video is recorded as it comes.' }),
    flip: choice({
      default: 'none', choices: ['none', 'horizontal', 'vertical', 'both'],
      doc: 'How the picture is mirrored, after it is turned; under the same conditions.',
    }),
    exposure: choice({ default: 'auto', choices: ['auto', 'short', 'long'],
      doc:
        'What an attached camera prefers: `short` exposures for sharp movement, or `long` ones for less noise in the dark.' }),
    exposure_compensation: number({
      default: 0, min: -8, max: 8, doc: 'How much lighter (above 0) or darker an attached camera exposes, in EV.',
    }),
    shutter: duration({
      default: '0s', min: '0s', max: '10s',
      doc: 'Fixed time of exposure of an attached camera, such as `10ms`; 0s leaves it to the camera.',
    }),
    gain: number({
      default: 0, min: 0, max: 64,
      doc: 'Fixed amplification of the Raspberry Pi camera, 1 is none; 0 leaves it to the camera.',
    }),
    white_balance: choice({
      default: 'auto', choices: ['auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy'],
      doc: 'Light that an attached camera takes for white.',
    }),
    focus: choice({ default: 'auto', choices: ['auto', 'continuous', 'manual'],
      doc:
        'How an attached camera focuses: as it does by itself, again and again, or fixed at `camera.focus_position`.' }),
    certificate: text({
      default: '', pattern: /^[^\0]*$/, expectation: CAMERA_CERTIFICATE, fault: certificateFault, shown: 'nothing',
      doc:
        'Whose certificate of a camera with `rtsps://` or `https://` is believed: its authority\'s or its own, or just the one with this fingerprint; without, that of the system\'s authorities.',
    }),
    focus_position: number({
      default: 0, min: 0, max: 32,
      doc: 'Where a manual focus lies, in dioptres: 0 is infinity, 0.5 is 2 m, 10 is 10 cm.',
    }),
  },
} as const;
