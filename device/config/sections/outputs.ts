/** Whom the device tells, and what tells the device. */
import { choiceSetting as choice, listSetting as list } from '../setting.ts';
import { readers } from './checks.ts';

export const outputSettings = {
  outputs: list({ reader: async () =>
    (await readers()).outputs, shown: 'nothing', expectation: 'a list of outputs',
    example: '[{"name":"phone","type":"ntfy","topic":"my-secret-topic","when":{"kinds":["person"]}}]',
    doc:
      'Whom the device tells of events, any number, each with a `name` and a `type` (`webhook`, `script`, `tcp`, `mqtt`, `ntfy`, `pushbullet`, `telegram`, `email`, `gpio`): see [outputs](../guide/outputs.md).' }),
  inputs: list({ reader: async () =>
    (await readers()).inputs, expectation: 'a list of inputs',
    example: '[{"name":"door","pin":27,"bias":"up","active":"low"}]',
    doc:
      'Wires that tell the device something: a motion sensor that triggers (`does` `trigger`), a key switch that arms or disarms (`arm`, `disarm`): see [outputs](../guide/outputs.md#wires).' }),
  gpio: {
    driver: choice({ default: 'auto', choices: ['auto', 'libgpiod', 'rpio', 'simulated'],
      doc:
        'What moves the pins of `outputs` and `inputs`: `auto` takes libgpiod\'s tools, else `rpio` on a Raspberry Pi 1 to 4; where there are no pins they are simulated.' }),
  },
} as const;
