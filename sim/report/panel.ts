import { html, type Html } from './html';

/** A place for a chart, with its title and a sentence on what it shows. */
export function panel(name: string, title: string, text: string, width = '', height = ''): Html {
  return html`<figure class="panel ${width}">
    <figcaption id="about-${name}">
      <h3>${title}</h3>
      <p>${text}</p>
    </figcaption>
    <div class="chart ${height}" data-chart="${name}" role="img" aria-labelledby="about-${name}"></div>
  </figure>`;
}
