/** What happens to the page that the SDK runs in; nothing at all where there is no page. */
export interface PageLife {
  /** The network is there again, or the page is looked at again: time to try to connect. */
  onBack(listener: () => void): () => void;
  /** The page goes out of sight, perhaps for good. */
  onAway(listener: () => void): () => void;
}

const listen = (
  target: EventTarget | undefined,
  event: string,
  listener: () => void,
): (() => void) => {
  target?.addEventListener(event, listener);
  return () => target?.removeEventListener(event, listener);
};

const all =
  (...undo: (() => void)[]) =>
  () => {
    for (const one of undo) one();
  };

const windowOf = () => (typeof window === 'undefined' ? undefined : window);
const documentOf = () => (typeof document === 'undefined' ? undefined : document);

/** The browser's own events (HTML, Page Visibility); `pagehide` is the last that a page hears for certain. */
export const browserPage: PageLife = {
  onBack: (listener) =>
    all(
      listen(windowOf(), 'online', listener),
      listen(windowOf(), 'pageshow', listener),
      listen(documentOf(), 'visibilitychange', () => {
        if (document.visibilityState === 'visible') listener();
      }),
    ),
  onAway: (listener) =>
    all(
      listen(windowOf(), 'pagehide', listener),
      listen(documentOf(), 'visibilitychange', () => {
        if (document.visibilityState === 'hidden') listener();
      }),
    ),
};
