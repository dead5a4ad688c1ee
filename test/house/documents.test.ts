import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Long enough to start with, short enough to be read. */
const README_LINES = 100;

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
