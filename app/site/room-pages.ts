import { ICON, ROOM_STYLE } from './assets.ts';

/** The pages that are all script: for consultations (SPEC PAGE-1), and for operators (OPS-3). */
const PAGES = {
  patient: { title: 'Waiting room', script: '/ui/patient.js' },
  doctor: { title: 'Doctor’s desk', script: '/ui/doctor.js' },
  test: { title: 'Check this device', script: '/ui/test.js' },
  ops: { title: 'Operation', script: '/ui/ops.js' },
} as const;

export type RoomPage = keyof typeof PAGES;

/** Who may use camera, microphone and screen: this page itself, and no frame of another origin in it. */
export const PERMISSIONS_POLICY = 'camera=(self), microphone=(self), display-capture=(self)';

/**
 * A page that is all script. Nothing of the request goes in: the script reads the address. It has no
 * language until the script has found out the reader's.
 */
export const roomPage = (name: RoomPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${PAGES[name].title}</title>
<link rel="icon" type="image/svg+xml" href="${ICON.url}">
<link rel="stylesheet" href="${ROOM_STYLE.url}">
<script type="module" src="${PAGES[name].script}"></script>
</head>
<body>
<noscript>This page needs JavaScript to hold a video call.</noscript>
</body>
</html>
`;
