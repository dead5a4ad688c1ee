import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { allSettings, environmentName } from '../../device/config/load-settings.ts';

const file = new URL('../../docs/reference/settings.md', import.meta.url);

const HEAD = `# Settings of a device

Each setting comes from its default, from \`config.json\` in the data folder, or from the environment; the later wins. In
\`config.json\` the path is nested, \`{"motion": {"sensitivity": 0.6}}\`, or whole, \`{"motion.sensitivity": 0.6}\`. Durations carry a unit (\`500ms\`, \`10s\`, \`5m\`, \`1h\`), sizes
may (\`500M\`, \`2G\`; powers of 1024). Unknown names and values out of range keep Tyto from starting, all named at once. Settings
are read at the start, but for \`upload.rate\`, \`upload.windows\` and \`upload.metered\`: they are read anew when \`config.json\` changes. White space
around a value is ignored. At a terminal Tyto does not start either when a file with a certificate or key that a setting in use names is not there, when a name stands
twice in one place of \`config.json\` (the last counts), or when a zone, line or mask could never do what is meant by it; where nobody is, it records, and says so in the log.

\`TYTO_DATA\` is the folder that holds everything, \`./data\` unless set (\`/data\` in the image).

| Setting | Environment | Default | Accepts | What it does |
|---|---|---|---|---|
`;

/** The page as the code has it. Write it with: UPDATE_DOCS=1 npm test -- test/house/settings-doc.test.ts */
const rendered = (): string => HEAD + allSettings().map(([key, { defaultText, expectation, doc }]) =>
  `| \`${key}\` | \`${environmentName(key)}\` | ${defaultText} | ${expectation.replaceAll('|', '\\|')} | ${doc} |\n`)
    .join('');

describe('the page of settings', () => {
  it('says what the code says', async () => {
    if (process.env['UPDATE_DOCS'] !== undefined) await writeFile(file, rendered());
    assert.equal(await readFile(file, 'utf8'), rendered());
  });
});
