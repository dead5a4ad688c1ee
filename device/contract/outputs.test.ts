import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describeOutputs } from './describe-outputs.ts';
import { inputsSchema, outputsSchema } from './outputs.ts';
import { fillTemplate, forJson, TEMPLATE_FIELDS, templateFault, type TemplateValues } from './template.ts';

const fault = (list: unknown): string => {
  const { error } = outputsSchema.safeParse(list);
  return error === undefined ? '' : describeOutputs('output', error, list);
};

describe('outputs, as they are set', () => {
  const guide = readFileSync(new URL('../../docs/guide/outputs.md', import.meta.url), 'utf8');
  const examples = [...guide.matchAll(/(?:^ {4}.*\n)+/gm)].map(([text]) => text).filter((text) => /^ {4}\[/.test(text));

  it('are sound in each example of the guide', () => {
    assert.ok(examples.length >= 12);
    const types = new Set<string>();
    for (const example of examples) {
      const list: unknown = JSON.parse(example);
      const outputs = outputsSchema.safeParse(list);
      if (outputs.success) for (const { type } of outputs.data) types.add(type);
      else assert.ok(inputsSchema.safeParse(list).success, `${example}\n${fault(list)}`);
    }
    assert.equal(types.size, 9);
  });

  it('are refused with which one, which field, what was expected and what came', () => {
    assert.equal(
      fault([{ name: 'phone', type: 'ntfy', topic: 't', priority: 9 }]),
      'output "phone": priority must be a whole number from 1 to 5, got 9',
    );
    assert.equal(fault([{ name: 'a', type: 'tcp', host: 'h', port: 1, when: { kinds: ['cat'], foo: 1 } }])
      .split('; ')[1], 'output "a": there is no setting "when.foo"');
    assert.match(
      fault([{ name: 'a', type: 'fax' }]), /^output "a": type must be one of webhook, script, .*, got "fax"$/,
    );
    assert.equal(fault([{ name: 'a', type: 'tcp', host: 'h', port: 1, quiet: [{ from: '25:00', to: '06:00' }] }]),
      'output "a": quiet.1.from must be a time such as 06:30, sunset or sunrise+00:30, got "25:00"');
    assert.match(
      fault([{ name: 'a', type: 'script', command: ['run.sh'] }]), /command must be a program's absolute path/,
    );
    assert.match(fault([{ name: 'a', type: 'mqtt', topic: 'a/#' }]), /topic must be an MQTT topic without wildcards/);
    assert.match(
      fault([{ name: 'a', type: 'webhook', url: 'https://h', body: '{{event.clip}}' }]),
      /body has a gap \{\{event\.clip\}\}, but only these are known: what, /,
    );
    const twice = { name: 'a', type: 'tcp', host: 'h', port: 1 };
    assert.equal(fault([twice, twice]), 'output "a": name must be another than that of an entry before, got "a"');
    assert.equal(fault({}), 'the list must be a list');
  });

  it('are told of without any secret in them', () => {
    const secrets = {
      url: 'ftp://ann:hush@host/hush', secret: 'hush\nhush', headers: { 'X-Key': 'hush\n' }, body: '{{ hush',
      foo: 'hush',
    };
    assert.ok(!fault([{ name: 'a', type: 'webhook', ...secrets }]).includes('hush'));
    assert.ok(!fault([{ name: 'a', type: 'telegram', token: 'hush\n', chat: 'hush hush' }]).includes('hush'));
    assert.ok(
      !fault([{ name: 'a', type: 'email', server: 'smtp://ann:hush@host', password: 'hush\n', from: 'x', to: [] }])
        .includes('hush'),
    );
  });
});

describe('templates', () => {
  const values = Object.fromEntries(TEMPLATE_FIELDS.map((name) => [name, `<${name}>`])) as TemplateValues;

  it('have gaps for what is known, with or without space', () =>
    assert.equal(fillTemplate('{{what}} at {{ event.camera }}!', values), '<what> at <event.camera>!'));

  it('with other gaps, or half of one, are refused', () => {
    assert.deepEqual(['{{what}} {', '{{__proto__}}', '{{what', 'what}}', '{{}}'].map((text) =>
      templateFault(text) === undefined), [true, false, false, false, false]);
  });

  it('that are JSON stay so, whatever a value holds', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (what) => {
      assert.deepEqual(
        JSON.parse(fillTemplate('{"a":"{{what}}","b":1}', { ...values, what }, forJson)), { a: what, b: 1 },
      );
    })));
});
