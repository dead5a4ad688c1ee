/** Texts with gaps: `{{event.label}} at {{event.camera}}`. No logic, so nothing that could go wrong at night. */

/** What may stand in a gap. */
export const TEMPLATE_FIELDS = [
  'what', 'summary', 'time', 'skipped', 'type', 'delivery',
  'event.id', 'event.device', 'event.camera', 'event.label', 'event.kinds', 'event.sub_label', 'event.source',
  'event.zones', 'event.people', 'event.score', 'event.start_time', 'event.end_time', 'event.duration',
] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];
export type TemplateValues = Readonly<Record<TemplateField, string>>;

const GAP = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** What is wrong with a template; undefined when nothing is. */
export function templateFault(template: string): string | undefined {
  const unknown = [...template.matchAll(GAP)].map(([, name = '']) => name).find((name) => !isField(name));
  if (unknown !== undefined) return `has a gap {{${unknown}}}, but only these are known: ${TEMPLATE_FIELDS.join(', ')}`;
  return /\{\{|\}\}/.test(template.replaceAll(GAP, '')) ? 'has {{ without }}, or the other way round' : undefined;
}

/** @param escape - Makes a value fit for the language that the template is written in. */
export const fillTemplate = (template: string, values: TemplateValues, escape: (value: string) => string = (value) =>
  value): string =>
  template.replaceAll(GAP, (_gap, name: string) => (isField(name) ? escape(values[name]) : ''));

/** For a template that is JSON: a value then stands between quotes of the template's own, and cannot leave them. */
export const forJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const isField = (name: string): name is TemplateField => TEMPLATE_FIELDS.some((known) => known === name);
