import { readdirSync, readFileSync } from 'node:fs';

/** What one browser sent in one negotiation. */
export interface Negotiation {
  /** Which browser, and how it was recorded. */
  source: string;
  descriptions: { type: string; sdp: string }[];
  candidates: ({ candidate: string } | null)[];
}

const FOLDER = new URL('../../app/socket/fixtures/', import.meta.url);

/** Name → what real browsers send, and what is written by hand after them. */
export const NEGOTIATIONS: ReadonlyMap<string, Negotiation> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
    ]),
);
