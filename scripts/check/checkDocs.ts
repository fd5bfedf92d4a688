/** A page of documentation, or a test file that it names. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

const ROOMS = 'contracts|test|sdk|keeper|sim|scripts|deploy|deployments|docs';
/** A path of the repository between backticks, without a placeholder in it. */
const PATH = new RegExp('`((?:' + ROOMS + ')/[\\w./-]+)`', 'g');
const LINK = /\]\((?!https?:|#)([^)#\s]+)/g;
const COMMAND = /\bnpm (?:run(?:-script)? (?:-s |--silent )?([\w:-]+)|(start|test)\b)/g;
const ID = /\b[A-Z]{3,4}-\d{2}\b/g;
const TEST = /^test\/.*\.(test\.ts|t\.sol)$/;
const REQUIREMENT = /^- \*\*([A-Z]{3,4}-\d{2})\*\*/gm;

/**
 * What is wrong with pages: a file or link that is not there, an id that the specification does not have.
 * @param exists whether there is a file or folder at a path relative to the repository
 */
export function checkPages(pages: readonly Page[], spec: string, exists: (path: string) => boolean): string[] {
  const known = new Set([...spec.matchAll(REQUIREMENT)].map(([, id]) => id));
  return pages.flatMap(({ path, text }) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const links = matches(text, LINK).map((link) => resolve(folder, link));
    const lost = [...matches(text, PATH), ...links].filter((each) => !exists(each));
    const strange = [...text.matchAll(ID)].flatMap(([id]) => (known.has(id) || !isPrefix(known, id) ? [] : [id]));
    return [
      ...[...new Set(lost)].map((each) => `${path}: there is no ${each}`),
      ...[...new Set(strange)].map((id) => `${path}: docs/spec.md has no ${id}`),
    ];
  });
}

/** Commands of npm that pages tell the reader to run and `scripts`, those of package.json, has not. */
export function checkCommands(pages: readonly Page[], scripts: Readonly<Record<string, string>>): string[] {
  return pages.flatMap(({ path, text }) => {
    const named = [...text.matchAll(COMMAND)].map(([, run, short]) => run ?? short ?? '');
    return [...new Set(named)]
      .filter((name) => !(name in scripts))
      .map((name) => `${path}: there is no npm run ${name}`);
  });
}

/** Table rows that name requirements and tests, where none of those tests quotes one of the requirements. */
export function checkRows({ path, text }: Page, read: (path: string) => string): string[] {
  return text.split('\n').flatMap((row) => {
    const tests = row.startsWith('|') ? matches(row, PATH).filter((each) => TEST.test(each)) : [];
    if (tests.length === 0) return [];
    const quoted = tests.map(read).join('\n');
    return [...row.matchAll(ID)].flatMap(([id]) =>
      quoted.includes(`[${id}]`) ? [] : [`${path}: none of ${tests.join(', ')} quotes ${id}`],
    );
  });
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, path]) => path ?? '');
}

function resolve(folder: string, link: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of link.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Whether ids of this kind are the specification's: others (an ERC-20, say) are none of it. */
function isPrefix(known: ReadonlySet<string | undefined>, id: string): boolean {
  const kind = id.slice(0, id.indexOf('-') + 1);
  return [...known].some((each) => each?.startsWith(kind));
}
