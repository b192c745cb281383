import {
  createNamespace,
  redeemInvitation,
  SignalingError,
  type TokenSource,
} from '@telemedicine-signaling/client';
import { directionOf, languageOf } from '../texts/language.ts';

/** What the address of a page says. */
export interface PageAddress {
  namespace: string;
  /** From the fragment: a token, or an invitation that makes one. */
  token?: TokenSource | undefined;
  room?: string | undefined;
  /** Shown to the other side. */
  name: string;
}

/** What stood behind `#`, kept in the tab over a reload, for the page of this address alone. */
type Kept = Partial<Record<'token' | 'room' | 'name', string>>;

const KEY = `telemedicine-signaling page ${location.pathname}`;

const keep = (kept: Kept): void => sessionStorage.setItem(KEY, JSON.stringify(kept));

/**
 * Reads the address, and takes what is secret out of it at once (SPEC PAGE-3): what stands behind `#`
 * reaches no server, and then no history and no screenshot either. Over a reload it is kept in the tab.
 */
export function readAddress(): PageAddress {
  const behind = location.hash.slice(1);
  if (behind !== '') history.replaceState(null, '', location.pathname + location.search);
  const { invitation, ...fresh } = Object.fromEntries(new URLSearchParams(behind));
  const kept: Kept = behind === '' ? JSON.parse(sessionStorage.getItem(KEY) ?? '{}') : fresh;
  keep(kept);
  return {
    namespace: decodeURIComponent(location.pathname.split('/')[2] ?? ''),
    token: invitation === undefined ? kept.token : tokenOfInvitation(invitation, kept),
    room: kept.room,
    name: kept.name ?? '',
  };
}

/** An invitation is good once: the token that it makes is kept for all later connections. */
function tokenOfInvitation(invitation: string, kept: Kept): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= redeemInvitation({ invitation }).then(({ token }) => {
      keep({ ...kept, token });
      return token;
    });
    return made;
  };
}

/** A doctor's page opens the practice itself, where its doctor may (SPEC PAGE-2). */
export async function makeNamespace({ namespace, token }: PageAddress): Promise<void> {
  await createNamespace({ namespaceId: namespace, token }).catch((error) => {
    // A backend may have made it: whether it is there is seen at the next step.
    if (!(error instanceof SignalingError && error.code === 'not-allowed')) throw error;
  });
}

/** Fills the page with one component, in the reader's language. */
export function fill(component: HTMLElement): void {
  const language = languageOf(navigator.languages);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  const main = document.createElement('main');
  main.append(component);
  document.body.replaceChildren(main);
}
