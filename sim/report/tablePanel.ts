import { html, type Html } from './html';

export interface TablePanel {
  readonly caption: string;
  /** Of the columns after the first, which is of headings. */
  readonly heads: readonly (Html | string)[];
  readonly rows: readonly Html[];
  readonly className?: string;
}

/** A table with its caption, which scrolls where it is wider than the page. */
export function tablePanel({ caption, heads, rows, className = '' }: TablePanel): Html {
  return html`<div class="panel ${className}">
    <div class="scroll">
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            <td></td>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </div>`;
}
