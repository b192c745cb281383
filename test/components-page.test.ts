import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

const PAGE = read('docs/COMPONENTS.md');

/** What can be set on a component from outside, as its source says. */
function settable(file: string): string[] {
  const [, body = ''] = /static override properties = \{\n(.*?)\n {2}\};/s.exec(read(file)) ?? [];
  return [...body.matchAll(/^ {4}(\w+): \{(.*)\},$/gm)]
    .filter(([, name]) => !name?.startsWith('_'))
    .map(([, name = '', how = '']) => /attribute: '([\w-]+)'/.exec(how)?.[1] ?? name);
}

/** The section of an element, up to the next one. */
const sectionOf = (element: string): string =>
  PAGE.split(/^## /m).find((section) => section.startsWith(`\`<${element}>\``)) ?? '';

test.each([
  ['waiting-room', 'packages/ui/src/patient/waiting-room.ts'],
  ['doctor-desk', 'packages/ui/src/desk/doctor-desk.ts'],
  ['call-view', 'packages/ui/src/call/call-view.ts'],
  ['connection-test', 'packages/ui/src/test/connection-test.ts'],
])('UI-5 the page on components names what <%s> takes, and nothing else', (element, file) => {
  const section = sectionOf(element);
  const names = settable(file);
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) expect(section).toContain(`\`${name}\``);
  const rows = [...section.matchAll(/^\| ((?:`[\w-]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  );
  for (const name of rows) expect(names).toContain(name);
});

test('UI-5 the page on components names every custom property, and no other', () => {
  const of = (text: string) => [...new Set(text.match(/--tm-[a-z-]+/g))].sort();
  expect(of(PAGE)).toEqual(of(read('packages/ui/src/theme.ts')));
});
