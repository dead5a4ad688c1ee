/** The routes of tus 1.0.0 below one path: the same for each door, but for what is told of an upload. */
import { z } from 'zod';
import { BAD, KEYS, missing, NO_ROOM, taken, WRONG_HASH } from './common-answers.ts';
import type { VaultRole } from './route.ts';

const RESUMABLE = { 'Tus-Resumable': { tells: '`1.0.0`' } } as const;
const id = z.object({ id: z.string().meta({ description: 'The last segment of `Location`' }) });

export const tusRoutes = <const Path extends string, const Role extends VaultRole>(
  path: Path, role: Role, tag: string, metadata: string,
) => [
  {
    method: 'OPTIONS', path, role, tag, does: 'What of tus is spoken here',
    answers: { 204: { tells: 'In `Tus-Version`, `Tus-Extension` and `Tus-Max-Size`' }, ...KEYS },
  },
  {
    method: 'POST', path, role, tag, does: 'Begin an upload in pieces (tus 1.0.0)',
    headers: {
      ...RESUMABLE, 'Upload-Length': { tells: 'Bytes, at least one' }, 'Upload-Metadata': { tells: metadata },
    },
    answers: { 201: {
      tells: 'Go on at `Location`',
      headers: { 'Location': 'Of the upload', 'Upload-Expires': 'When it is forgotten if it is not whole' },
    }, ...BAD, ...KEYS, ...taken('The device belongs to another account'), ...NO_ROOM },
  },
  {
    method: 'HEAD', path: `${path}/:id`, role, tag, does: 'How much of an upload is here',
    params: id, headers: RESUMABLE,
    answers: { 200: {
      tells: '`Upload-Offset` bytes are here. As many as it has in all: it is durable in the landing',
      headers: { 'Upload-Offset': 'Bytes', 'Upload-Length': 'Bytes' },
    }, ...KEYS, ...missing('There is no such upload (any more): begin anew') },
  },
  {
    method: 'PATCH', path: `${path}/:id`, role, tag, does: 'Send the next piece',
    params: id, body: 'application/offset+octet-stream',
    headers: { ...RESUMABLE, 'Upload-Offset': { tells: 'Where the piece belongs: what HEAD told' } },
    answers: {
      204: {
        tells: 'It is kept; of the last piece: the upload is durable in the landing',
        headers: { 'Upload-Offset': 'Bytes' },
      },
      ...BAD, ...KEYS, ...missing('There is no such upload (any more): begin anew'),
      ...taken('It belongs elsewhere: ask HEAD'), ...WRONG_HASH, ...NO_ROOM,
    },
  },
  {
    method: 'DELETE', path: `${path}/:id`, role, tag, does: 'Give up an upload that is not whole',
    params: id, headers: RESUMABLE,
    answers: { 204: { tells: 'It is forgotten' }, ...BAD, ...KEYS, ...missing('There is no such upload (any more)') },
  },
] as const;
