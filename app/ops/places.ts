/**
 * The places in the code that an error went through: the lines of its stack without the message above
 * them, which may hold what a person sent (SPEC LOG-1).
 */
export function placesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const lines = error.stack.replace(error.message, '').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 8);
}
