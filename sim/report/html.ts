/** A piece of HTML that may stand in a page as it is. */
export interface Html {
  readonly markup: string;
}

type Piece = Html | string | number | readonly Html[];

/** Template tag: text and numbers are escaped, other HTML is taken as it is. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  const markup = strings.reduce((text, string, i) => {
    const piece = pieces[i];
    return text + string + (piece === undefined ? '' : toMarkup(piece));
  }, '');
  return { markup };
}

/** JSON that cannot end the script element it stands in. */
export function scriptJson(value: unknown): Html {
  return { markup: JSON.stringify(value).replaceAll('<', '\\u003c') };
}

/** JavaScript for a script element: what would end it early is written otherwise. */
export function scriptText(code: string): Html {
  return { markup: code.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '\\x3c!--') };
}

function toMarkup(piece: Piece): string {
  if (typeof piece === 'string') return escape(piece);
  if (typeof piece === 'number') return String(piece);
  if ('markup' in piece) return piece.markup;
  return piece.map(({ markup }) => markup).join('');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
