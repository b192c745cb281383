import { type Asset, ICON, STYLE } from './assets.ts';

/** What patients have to know who land on a page of this server, in one sentence. */
export const PATIENT_NOTE = `<p class="note"><strong>Do you have an appointment?</strong> This is your clinic’s call server; your consultation opens with the link that your clinic gave you.</p>`;

/** The shell around every page. All of `main` is the server's own text: nothing of a request goes in. */
export const page = (parts: {
  title: string;
  main: string;
  beside?: string;
  script?: Asset;
  /** A further style sheet. */
  style?: Asset;
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${parts.title}</title>
<link rel="icon" type="image/svg+xml" href="${ICON.url}">
<link rel="stylesheet" href="${STYLE.url}">
${parts.style === undefined ? '' : `<link rel="stylesheet" href="${parts.style.url}">`}
${parts.script === undefined ? '' : `<script src="${parts.script.url}" defer></script>`}
</head>
<body>
<header>
<a class="name" href="/"><img src="${ICON.url}" alt="" width="32" height="32"> Telemedicine signaling</a>
${parts.beside ?? ''}
</header>
<main>
${parts.main}
</main>
<footer>Doctors and patients find each other here. What they say and show does not pass through this server.</footer>
</body>
</html>
`;
