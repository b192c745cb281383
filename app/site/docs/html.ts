const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text as it may stand in HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (one) => ENTITIES[one] ?? '');

/** A sentence in which what stands between backticks is code. */
export const prose = (text: string): string =>
  escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** Paragraphs, one for each line. */
export const paragraphs = (text: string): string =>
  text
    .split('\n')
    .map((line) => `<p class="quiet">${prose(line)}</p>`)
    .join('\n');

export const code = (text: string): string =>
  `<pre tabindex="0"><code>${escaped(text)}</code></pre>`;

/** A value as somebody would write it down. */
export const json = (value: unknown): string => code(JSON.stringify(value, null, 2));

/** A table that scrolls within itself where the screen is narrow. `cells` are HTML. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => `
<div class="wide" tabindex="0" role="group" aria-label="Table"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}
</tbody></table></div>`;

/** Links to the parts of a page, in one list. */
export const contents = (links: readonly { id: string; text: string }[]): string =>
  `<ul>${links.map(({ id, text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`).join('')}</ul>`;
