import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { CallPage } from './call-page.ts';
import type { Clinic } from './clinic.ts';
import { ContactSheet } from './contact-sheet.ts';

interface AxeResult {
  violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[];
}

/** What axe-core finds wrong with a page as it is now, shadow trees too. */
async function violations(page: Page): Promise<string[]> {
  // Anew each time: it remembers the colours that it saw. The page's own policy, which lets no script in
  // but the server's, does not count for the tester.
  await page.evaluate(axe.source);
  const result = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  );
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
  );
}

/** The ground that pages stand on. */
const GROUND = { light: 'rgb(243, 246, 244)', dark: 'rgb(14, 21, 19)' };

const LOOKS = [
  { width: 320, colorScheme: 'light' },
  { width: 320, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const;

/**
 * This screen is good for everybody: small and large, light and dark, and it never scrolls sideways.
 * `screen`: what its pictures are called.
 */
export async function expectAccessible({ page }: CallPage, screen?: string): Promise<void> {
  const sheet = screen === undefined ? undefined : new ContactSheet(screen);
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What is looked at has these colours.
    await page.waitForFunction(
      (ground) =>
        [document.body, document.querySelector('main > *')].every(
          (one) => one !== null && getComputedStyle(one).backgroundColor === ground,
        ),
      GROUND[colorScheme],
    );
    await sheet?.add(page, `${width} px, ${colorScheme}`);
    const wrong = await violations(page);
    const scrolls = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect({ width, colorScheme, wrong, scrolls }).toEqual({
      width,
      colorScheme,
      wrong: [],
      scrolls: 0,
    });
  }
  await sheet?.write(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** The doctor's page of this server, with an open desk. */
export async function deskPage(clinic: Clinic, namespace: string, name = ''): Promise<CallPage> {
  const doctor = await clinic.visit(`${clinic.server.url}/doctor/${namespace}#name=${name}`);
  await doctor.page.getByRole('button', { name: 'Open my practice' }).click();
  await doctor.page.getByRole('heading', { name: 'Waiting room' }).waitFor();
  return doctor;
}

/** The patient's page of this server; the patient waits. */
export async function patientPage(
  clinic: Clinic,
  namespace: string,
  name: string,
): Promise<CallPage> {
  const patient = await clinic.visit(
    `${clinic.server.url}/patient/${namespace}#name=${encodeURIComponent(name)}`,
  );
  await goIn(patient);
  return patient;
}

export async function goIn({ page }: CallPage): Promise<void> {
  await page.getByRole('button', { name: 'Turn on camera and microphone' }).click();
  await page.getByRole('button', { name: 'Enter the waiting room' }).click();
  await page.getByRole('heading', { name: 'You are in the waiting room' }).waitFor();
}

/** What a click on the button of this name does to a page. */
export const press = (page: CallPage, name: string): Promise<void> =>
  page.page.getByRole('button', { name, exact: true }).click();

export const see = (page: CallPage, text: string): Promise<void> =>
  page.page.getByText(text).filter({ visible: true }).first().waitFor();
