import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  // A camera that shows a moving picture and a microphone that beeps, without asking anybody.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Two pages of one machine find each other even where that machine has no network.
  '--allow-loopback-in-peer-connection',
  '--disable-background-networking',
  '--disable-dev-shm-usage',
  '--mute-audio',
];

/** The system's Chromium, without a window. `npm test` sees to it that there is one. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (executablePath === undefined) {
    throw new Error('Chromium is needed: run npm test, or set CHROMIUM_PATH.');
  }
  return chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: false });
}
