/** One table of the report, with what is to be said before and after it. */
export interface Section {
  title: string;
  about: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** What follows from it. */
  after?: string;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function markdownOf({ title, about, head, rows, after }: Section): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  const table = [line(head), line(rule), ...rows.map(line)].join('\n');
  return [`## ${title}`, about, table, ...(after === undefined ? [] : [after])].join('\n\n');
}
