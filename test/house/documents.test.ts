import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Long enough to start with, short enough to be read. */
const README_LINES = 100;
/** How a document names what lies here: from the root, or a file by its name alone. */
const OURS = /`((?:device|fleet|test|tools)\/[\w./-]+|[\w./-]+\.(?:tsx?|c))`/g;
/** Stands for any. */
const EXAMPLE = 'x.test.ts';
const VARIABLE = /TYTO_[A-Z0-9_]*[A-Z0-9]/g;
/** Where all settings stand; the rooms that read them hold both to the code. */
const SETTINGS = ['docs/reference/settings.md', 'docs/guide/fleet.md'];
/** What scripts are told of an event, and where benches find footage. */
const NO_SETTINGS = ['TYTO_DELIVERY', 'TYTO_EVENT', 'TYTO_PHASE', 'TYTO_BENCH_DATA'];

describe('the documents', () => {
  const documents = globSync(['*.md', 'docs/**/*.md']);

  it(`have a README of at most ${README_LINES} lines`, () => {
    if (!existsSync('README.md')) return;
    const lines = readFileSync('README.md', 'utf8').trimEnd().split('\n').length;
    assert.ok(lines <= README_LINES, `README.md has ${lines} lines`);
  });

  it('link only to what is there', () => {
    assert.deepEqual(documents.flatMap(brokenLinks), []);
  });

  it('name only source files and folders that are there', () => {
    const sources = globSync('{device,fleet,test,tools}/**/*.{ts,tsx,js,c}');
    const isThere = (name: string): boolean =>
      existsSync(name) || name === EXAMPLE || sources.some((path) => path.endsWith(`/${name}`));
    const unknown = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(OURS)]
        .filter(([, name = '']) => !isThere(name))
        .map(([text]) => `${path}: ${text}`));
    assert.deepEqual(unknown, []);
  });

  it('name only settings that there are', () => {
    const known = [...NO_SETTINGS, ...SETTINGS.flatMap((path) => readFileSync(path, 'utf8').match(VARIABLE) ?? [])];
    const isKnown = (name: string): boolean => known.some((one) => one === name || one.startsWith(`${name}_`));
    const unknown = documents.flatMap((path) =>
      (readFileSync(path, 'utf8').match(VARIABLE) ?? [])
        .filter((name) => !isKnown(name))
        .map((name) => `${path}: ${name}`));
    assert.deepEqual(unknown, []);
  });

  it('show only commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const unknown = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/npm run ([a-z:-]+)/g)]
        .filter(([, name = '']) => !(name in scripts))
        .map(([text]) => `${path}: ${text}`));
    assert.deepEqual(unknown, []);
  });
});

/** Links of one document, to a file or a heading of ours, that lead nowhere; what the web has is not asked for. */
function brokenLinks(path: string): readonly string[] {
  const text = withoutCode(readFileSync(path, 'utf8'));
  return [
    ...text.matchAll(/!?\[[^\]]*\]\(([^)\s]+)[^)]*\)/g), ...text.matchAll(/<(?:img|a)[^>]+(?:src|href)="([^"]+)"/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(path, link))
    .map((link) => `${path}: ${link}`);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const target = file === '' ? from : join(dirname(from), file);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** The names by which headings are linked to: lower case, words joined by hyphens, no other signs. */
function headingsOf(path: string): readonly string[] {
  return [...withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ +(.+)$/gm)]
    .map(([, title = '']) => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(/\s/g, '-'));
}

const withoutCode = (text: string): string => text.replaceAll(/^```.*?^```/gms, '');
