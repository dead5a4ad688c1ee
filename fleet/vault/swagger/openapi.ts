/** The description of the API (OpenAPI 3.1), made from the same tables and schemas that requests are held against. */
import { z } from 'zod';
import { TYTO_VERSION } from '../../../device/contract/version.ts';
import type { VaultAnswer, VaultRole, VaultRoute } from '../door/route.ts';

type Json = Readonly<Record<string, unknown>>;

const SECURITY: Readonly<Record<VaultRole, readonly Json[]>> = {
  account: [{ account: [] }, { accessKey: [], secretAccessKey: [] }],
  device: [{ deviceKey: [] }],
  anyone: [],
};

const SCHEMES: Json = {
  account: { type: 'http', scheme: 'basic', description: 'Access key and secret of an account' },
  accessKey: { type: 'apiKey', in: 'header', name: 'X-Kerberos-Storage-AccessKey' },
  secretAccessKey: { type: 'apiKey', in: 'header', name: 'X-Kerberos-Storage-SecretAccessKey' },
  deviceKey: { type: 'http', scheme: 'bearer', description: 'The key of a device: `tytod_…`' },
};

export function openApi(routes: readonly VaultRoute[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[openPath(route.path)] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tyto fleet: vault and landing', version: TYTO_VERSION,
      description:
        'Uploads of agents, devices and programs, and what became of them. Times are unix seconds unless said.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { securitySchemes: SCHEMES },
  };
}

/** `/landing/objects/*key` and `/x/:id` as `/landing/objects/{key}` and `/x/{id}`. */
export const openPath = (path: string): string => path.replaceAll(/[:*]([A-Za-z]+)/g, '{$1}');

function operation({ role, tag, does, params, query, headers = {}, json, body, answers }: VaultRoute): Json {
  const parameters = [
    ...fieldsOf(params).map(({ name, schema }) => ({ name, in: 'path', required: true, schema })),
    ...fieldsOf(query).map(({ name, schema, required }) => ({ name, in: 'query', required, schema })),
    ...Object.entries(headers).map(([name, { tells, optional }]) =>
      ({ name, in: 'header', required: optional !== true, description: tells, schema: { type: 'string' } })),
  ];
  return {
    tags: [tag], summary: does, security: SECURITY[role],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(json === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(json, 'input') } } } }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [body]: { schema: { type: 'string', format: 'binary' } } } } }),
    responses: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer)])),
  };
}

const headersOf = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(Object.entries(headers).map(([name, description]) =>
    [name, { description, schema: { type: 'string' } }]));

function response({ tells, schema, type, headers }: VaultAnswer): Json {
  return {
    description: tells,
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(schema === undefined ? {} : { content: { 'application/json': { schema: schemaOf(schema, 'output') } } }),
    ...(type === undefined ? {} : { content: { [type]: { schema: { type: 'string', format: 'binary' } } } }),
  };
}

/**
 * What is asked for in an address is text, and read as what it stands for: so its type is what comes out, and
 * what may be left out what goes in.
 */
function fieldsOf(
  object: z.ZodObject | undefined,
): readonly { readonly name: string; readonly schema: unknown; readonly required: boolean }[] {
  if (object === undefined) return [];
  const { properties = {} } = z.toJSONSchema(object, { io: 'output' });
  return Object.entries(properties)
    .map(([name, schema]) => ({ name, schema, required: !object.shape[name]?.safeParse(undefined).success }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io });
  return described;
}
