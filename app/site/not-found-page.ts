import { PATIENT_NOTE, page } from './page.ts';

/** What a browser gets at an address that leads nowhere (SPEC HTTP-8). */
export const NOT_FOUND_PAGE = page({
  title: 'Nothing at this address',
  main: `<h1>There is nothing at this address.</h1>
<p class="lead">It may be mistyped, or cut short on its way to you.</p>
${PATIENT_NOTE}
<p><a class="to-start" href="/">What this server does</a></p>`,
});
