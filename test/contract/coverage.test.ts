import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLIENT_EVENTS,
  ERROR_CODES,
  type ErrorCode,
  type ServerEvent,
} from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';

const HERE = import.meta.dirname;
const SECURITY = join(HERE, '../security');

/** Every event of the server: a new one does not compile until it is named here. */
const SERVER_EVENTS: Record<ServerEvent, true> = {
  welcome: true,
  'new-patient': true,
  'doctor-entered': true,
  'ack-doctor-entered': true,
  'room-joined': true,
  'send-metadata': true,
  offer: true,
  answer: true,
  'ice-candidate': true,
  rejected: true,
  'patient-remove': true,
  'doctor-ended': true,
  'patient-ended': true,
  'client-disconnected': true,
  'client-reconnected': true,
  'client-left': true,
  queue: true,
  'queue-position': true,
  'doctor-online': true,
  'put-on-hold': true,
  'returned-to-queue': true,
  transferred: true,
  'message-to-waiting': true,
  'answered-elsewhere': true,
  'room-ended': true,
  'namespace-removed': true,
  'server-draining': true,
  superseded: true,
  'signaling-error': true,
};

/** Codes that only a broken disk or a mistake of ours brings about, which no page can. */
const FAULTS: readonly ErrorCode[] = ['store-unavailable', 'internal'];

const sourcesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('coverage.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

const tests = sourcesIn(HERE) + sourcesIn(SECURITY);

/** In a list of names or a row of a table: between `[` or `,` and `,` or `]`. */
const listed = (name: string): RegExp => new RegExp(`[[,]\\s*'${name}'\\s*[,\\]]`);

const isSaid = (event: string): boolean =>
  new RegExp(`(say|emit)\\(\\s*'${event}'`).test(tests) || listed(event).test(tests);

const isHeard = (event: string): boolean =>
  new RegExp(`((first|next|all)\\(|event:)\\s*'${event}'`).test(tests) || listed(event).test(tests);

/** As the last argument of an expectation, as the last column of a table's row, or as a `code`. */
const isProvoked = (code: string): boolean =>
  new RegExp(`,\\s*'${code}',?\\s*\\)|\\},\\s*'${code}',?\\s*\\]|code: '${code}'`).test(tests);

describe('the contract tests leave nothing out', () => {
  it.each(Object.keys(CLIENT_EVENTS))('IN-4 a test sends %s', (event) => {
    expect(isSaid(event)).toBe(true);
  });

  it.each(Object.keys(SERVER_EVENTS))('WHO-1 a test hears %s', (event) => {
    expect(isHeard(event)).toBe(true);
  });

  it.each(ERROR_CODES.filter((code) => !FAULTS.includes(code)))(
    'ERR-1 a test provokes %s',
    (code) => {
      expect(isProvoked(code)).toBe(true);
    },
  );
});
