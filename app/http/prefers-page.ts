/**
 * Whether whoever sent this `Accept` header would rather have a page than JSON (SPEC HTTP-2): it names
 * HTML, with a greater weight than JSON gets. No header, or any type at all, means JSON: a program.
 */
export function prefersPage(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const weights = new Map(accept.split(',').map(weightOf));
  const html = weights.get('text/html') ?? weights.get('application/xhtml+xml') ?? 0;
  const json =
    weights.get('application/json') ?? weights.get('application/*') ?? weights.get('*/*') ?? 0;
  return html > json;
}

/** One media range and its `q`, which is 1 where none, or none that makes sense, is given (RFC 9110, 12.4.2). */
function weightOf(range: string): [string, number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice('q='.length));
  return [type, weight >= 0 && weight <= 1 ? weight : 1];
}
