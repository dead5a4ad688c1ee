import { z } from 'zod';
import { BAD, KEYS, missing, NO_ROOM, taken, WAITING } from '../door/common-answers.ts';
import type { VaultRoute } from '../door/route.ts';
import { tusRoutes } from '../door/tus-routes.ts';

const tag = 'Agents of Kerberos';

/** Of what an agent tells every ten seconds, what is kept. All else is passed over. */
const heartbeatBody = z.object({
  key: z.string().max(200).meta({ description: 'The device' }),
  version: z.string().max(64).optional().catch(undefined),
  hostname: z.string().max(253).optional().catch(undefined),
  architecture: z.string().max(64).optional().catch(undefined),
  cameraConnected: z.union([z.string().max(8), z.boolean()]).optional().catch(undefined),
});

export const KERBEROS_TUS = '/storage/tus';

/** As agents of Kerberos ask a Vault; no auth of theirs but the two headers with the account's keys. */
export const KERBEROS_ROUTES = [
  {
    method: 'POST', path: '/ping', role: 'account', tag, does: 'Whether the keys are right',
    answers: { 200: { tells: 'They are' }, ...KEYS },
  },
  ...tusRoutes(
    KERBEROS_TUS, 'account', tag,
    '`filename`, `device`, and perhaps `directory`, `provider`, `capture`, `cloudkey`, `fps`, `duration`, `timestamp`',
  ),
  {
    method: 'POST', path: '/storage', role: 'account', tag, does: 'Upload a recording in one piece', body: 'video/mp4',
    headers: {
      'X-Kerberos-Storage-FileName': { tells: 'As agents name their recordings' },
      'X-Kerberos-Storage-Device': { tells: 'Name of the device' },
      'X-Kerberos-Storage-Directory': { tells: 'The directory of the account', optional: true },
      'X-Kerberos-Storage-Provider': { tells: 'Passed over', optional: true },
      'X-Kerberos-Storage-Timestamp': { tells: 'Unix milliseconds, where the name tells no time', optional: true },
    },
    answers: {
      200: { tells: 'It is durable in the landing' }, ...BAD, ...KEYS,
      ...taken('The device belongs to another account'), ...NO_ROOM,
    },
  },
  {
    method: 'POST', path: '/devices/heartbeat', role: 'anyone', tag,
    does: 'An agent lives; nothing is kept of one that never uploaded, nor of a device with a key of its own',
    json: heartbeatBody,
    answers: { 200: { tells: 'It was heard' }, ...BAD },
  },
  {
    method: 'GET', path: '/api/storage/blob', role: 'account', tag,
    does: 'A recording that was uploaded, whole or in part (`Range`)',
    headers: {
      'X-Kerberos-Storage-FileName': { tells: 'As it was uploaded, with or without the directory before it' },
      'X-Kerberos-Storage-Provider': { tells: 'Passed over', optional: true },
    },
    answers: {
      200: { tells: 'The recording', type: 'video/mp4' }, 206: { tells: 'The part', type: 'video/mp4' },
      ...BAD, ...KEYS, ...missing('There is none of this name'), ...WAITING,
    },
  },
] as const satisfies readonly VaultRoute[];
