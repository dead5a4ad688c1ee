/** The device's own broker, and that of the house. */
import { choiceSetting as choice, integerSetting as integer, textSetting as text } from '../setting.ts';
import { ANY, orEmpty, pemFault } from './checks.ts';

export const busSettings = {
  bus: {
    port: integer({
      default: 1883, min: 1, max: 65_535, doc: 'Port of the MQTT broker inside the device, on 127.0.0.1 only.',
    }),
    prefix: text({
      default: 'tyto', pattern: /^[^\s#+$/\0](?:[^\s#+\0]{0,98}[^\s#+/\0])?$/,
      expectation: 'an MQTT topic without wildcards, at most 100 characters', doc: 'First part of every MQTT topic.',
    }),
    network: {
      port: integer({
        default: 0, min: 0, max: 65_535,
        doc:
          'Port on which the broker can be reached from the network, with TLS, user and password only; 0 for not at all.',
      }),
      host: text({
        default: '0.0.0.0', pattern: /^[0-9a-fA-F:.]+$/, expectation: 'an IP address of this machine',
        doc: 'Address of that port.',
      }),
      username: text({
        default: '', pattern: ANY, expectation: 'a user name',
        doc: 'User who may come in there: to listen, and to arm, record and trigger.',
      }),
      password: text({
        default: '', pattern: ANY, expectation: 'a password', shown: 'nothing',
        doc: 'The user\'s password, at least 12 characters.',
      }),
      certificate: text({
        default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
        doc: 'Certificate that is shown there.',
      }),
      key: text({
        default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', shown: 'nothing',
        doc: 'Private key of that certificate.',
      }),
    },
  },
  house: {
    url: text({ default: '', pattern: orEmpty(/^(?:mqtts?|wss?):\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an mqtt://, mqtts://, ws:// or wss:// address without user name and password, which are `house.username` and `house.password`',
      doc:
        'MQTT broker of the house, such as that of Home Assistant: what the device says goes there, too; without one, nowhere.' }),
    username: text({ default: '', pattern: ANY, expectation: 'a user name', doc: 'User of that broker.' }),
    password: text({
      default: '', pattern: ANY, expectation: 'a password', shown: 'nothing', doc: 'The user\'s password.',
    }),
    ca: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
      doc: 'Whose signature on that broker\'s certificate is believed; without, that of the system\'s authorities.',
    }),
    certificate: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
      doc: 'Certificate that the device shows to a broker that asks for one.',
    }),
    key: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', shown: 'nothing',
      doc: 'Private key of that certificate.',
    }),
    prefix: text({
      default: '', pattern: orEmpty(/^[^\s#+$/\0](?:[^\s#+\0]{0,98}[^\s#+/\0])?$/),
      expectation: 'an MQTT topic without wildcards, at most 100 characters',
      doc:
        'First part of the device\'s topics on that broker; without one, `bus.prefix`, a slash, and the device\'s name.',
    }),
    discovery: choice({
      default: 'on', choices: ['on', 'off'],
      doc: 'Whether the device appears in Home Assistant by itself; `off` takes it away there.',
    }),
    discovery_prefix: text({
      default: 'homeassistant', pattern: /^[^\s#+$/\0][^\s#+\0]{0,62}$/, expectation: 'an MQTT topic without wildcards',
      doc: 'Home Assistant\'s own first part of topics for discovery.',
    }),
  },
} as const;
