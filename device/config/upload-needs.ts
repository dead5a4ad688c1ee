/** What a target of uploads cannot do without: told at the start. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  's3': ['s3.bucket', 's3.access_key_id', 's3.secret_access_key'],
  'azure': ['azure.endpoint', 'azure.container', 'azure.sas'],
  'gcs': ['gcs.bucket', 'gcs.key'],
  'vault': ['vault.url', 'vault.key'],
  'kerberos-vault': ['kerberos.url', 'kerberos.access_key', 'kerberos.secret_access_key', 'kerberos.directory'],
  'kerberos-hub': ['kerberos.url', 'kerberos.access_key', 'kerberos.secret_access_key', 'kerberos.region'],
};

/** @param values - Of all settings, by path. @returns A line for each target that lacks something. */
export function uploadNeeds(values: ReadonlyMap<string, unknown>): readonly string[] {
  return ['upload', 'upload.fallback'].flatMap((group) => {
    const target = String(values.get(`${group}.target`));
    const missing = (NEEDS[target] ?? []).map((name) => `${group}.${name}`).filter((key) => values.get(key) === '');
    return missing.length === 0 ? []
      : [`${group}.target: is ${target}, which needs ${missing.join(', ')}, empty as yet`];
  });
}
