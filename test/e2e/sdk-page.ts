import type * as Telemedicine from '@telemedicine-signaling/client';
import { expect } from 'vitest';
import { type CallPage, SOON } from './call-page.ts';
import type { Clinic } from './clinic.ts';

type Sdk = typeof Telemedicine;

declare global {
  interface Window {
    Telemedicine: Sdk;
    desk: Telemedicine.Desk;
    visit: Telemedicine.Visit;
    guest: Telemedicine.GuestVisit;
  }
}

const PAGE = `<!doctype html><title>A hospital’s page</title>
<script src="/packages/client/dist/browser/telemedicine-client.js"></script>
<video id="video" autoplay playsinline muted></video>`;

/** A page of a hospital that loads the SDK with a `<script>`, and drives it by hand. */
export async function sdkPage(clinic: Clinic): Promise<CallPage> {
  clinic.pages.add('/sdk.html', PAGE);
  return clinic.visit(`${clinic.pages.url}/sdk.html`);
}

/** A doctor at the desk of a practice, with camera and microphone. */
export async function sdkDoctor(
  clinic: Clinic,
  namespaceId: string,
  more: More = {},
): Promise<CallPage> {
  const doctor = await sdkPage(clinic);
  await openDesk(doctor, namespaceId, clinic.server.url, more);
  return doctor;
}

type More = Pick<Telemedicine.VisitOptions, 'iceTransportPolicy'>;

export const openDesk = (
  doctor: CallPage,
  namespaceId: string,
  server: string,
  more: More = {},
): Promise<void> =>
  doctor.page.evaluate(
    async (options) => {
      await window.Telemedicine.createNamespace(options);
      const media = await window.Telemedicine.openMedia({ audio: true, video: true });
      window.desk = await window.Telemedicine.openDesk({
        ...options,
        media,
        metadata: { name: 'Dr. Grace Hopper' },
      });
    },
    { namespaceId, server, ...more },
  );

/** A patient in the waiting room, with camera and microphone. */
export async function sdkPatient(
  clinic: Clinic,
  namespaceId: string,
  name: string,
  server = clinic.server.url,
  more: More = {},
): Promise<CallPage> {
  const patient = await sdkPage(clinic);
  await enter(patient, { namespaceId, server, metadata: { name }, ...more });
  return patient;
}

export const enter = (
  patient: CallPage,
  given: { namespaceId: string; server: string; metadata: Record<string, unknown> } & More,
): Promise<void> =>
  patient.page.evaluate(async (options) => {
    const media = await window.Telemedicine.openMedia({ audio: true, video: true });
    window.visit = await window.Telemedicine.enterWaitingRoom({ ...options, media });
  }, given);

export const phaseOfVisit = (patient: CallPage): Promise<string> =>
  patient.page.evaluate(() => window.visit.state.phase);

export const callPhase = (page: CallPage): Promise<string | undefined> =>
  page.page.evaluate(() => (window.desk ?? window.visit ?? window.guest).call?.state.phase);

/** Names of who waits, in order. */
const waitingNames = (doctor: CallPage): Promise<unknown[]> =>
  doctor.page.evaluate(() => window.desk.state.waiting.map(({ metadata }) => metadata.name));

export async function expectWaiting(doctor: CallPage, ...names: string[]): Promise<void> {
  await expect.poll(() => waitingNames(doctor), SOON).toEqual(names);
}

/** Both are in a call, and picture and sound come through both ways. */
export async function expectCall(...pages: CallPage[]): Promise<void> {
  await Promise.all(
    pages.map(async (page) => {
      await expect.poll(() => callPhase(page), SOON).toBe('connected');
      await page.expectMediaToFlow();
    }),
  );
}
