/** Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): pure. */

export interface Sample { readonly labels?: Readonly<Record<string, string>>; readonly value: number }

/** One metric and all of its values. */
export interface Metric {
  /** `tyto_…`, with its unit at the end; counters end in `_total`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics without a value are left out: what is not known is no 0. */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics.filter(({ samples }) => samples.length > 0).map(textOf).join('');

const textOf = ({ name, type, help, samples }: Metric): string => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${type}`,
  ...samples.map(({ labels = {}, value }) => `${name}${labelsOf(labels)} ${numberOf(value)}`),
  '',
].join('\n');

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string): string =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const numberOf = (value: number): string =>
  (Number.isNaN(value) ? 'NaN' : value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));
