/**
 * docs/ERRORS.md.
 *
 * @param {Readonly<Record<string, { http: number, retry: boolean, msg: string }>>} errors
 */
export function errorsPage(errors) {
  const rows = Object.entries(errors).map(
    ([code, { http, retry, msg }]) =>
      `| \`${code}\` | ${http} | ${retry ? 'yes' : 'no'} | ${msg.replaceAll('|', '\\|')} |`,
  );
  return `# Errors

<!-- Written by \`npm run docs\` from packages/protocol/src/errors.ts: change it there. -->

Over HTTP an error is the answer \`{status, code, msg, retry}\`, with that status. On a socket it is
the acknowledgement \`{status: "error", code, msg, retry}\`; without an acknowledgement callback it is
the event \`signaling-error\` \`{event, code, msg, retry}\`.

Programs go by \`code\`. \`msg\` is for people: its wording may change, and it says more than this
table where more is known. \`retry\` says whether the same request can succeed later without a change.

| code | HTTP status | retry | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}
