import { consultationRecordSchema } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import type { NotedConsultation } from '../data/consultation-records.ts';
import { recordOf } from './record.ts';

const NINE = Date.UTC(2030, 0, 1, 9);
const at = (minute: number): number => NINE + minute * 60_000;
const iso = (minute: number): string => new Date(at(minute)).toISOString();

type Moment = NotedConsultation['moments'][number];
const is = (minute: number, state: Extract<Moment, { fact: 'is' }>['state']): Moment => ({
  at: at(minute),
  fact: 'is',
  state,
});
const lost = (minute: number, clientId: string): Moment => ({
  at: at(minute),
  fact: 'lost',
  clientId,
  role: 'patient',
});
const back = (minute: number, clientId: string): Moment => ({
  at: at(minute),
  fact: 'back',
  clientId,
});

const aConsultation = (noted: Partial<NotedConsultation> = {}): NotedConsultation => ({
  roomId: 'room',
  clientId: 'p',
  waitedFrom: at(0),
  admittedAt: null,
  admittedBy: null,
  endedAt: null,
  endReason: null,
  endedBy: null,
  moments: [],
  ...noted,
});

/** The record, which has the form that the protocol gives it. */
function told(noted: Partial<NotedConsultation>) {
  const record = recordOf(aConsultation(noted));
  expect(consultationRecordSchema.parse(record)).toEqual(record);
  return record;
}

describe('a record', () => {
  it('RECORD-1 of somebody who has just come to wait', () => {
    expect(told({})).toEqual({
      'room-id': 'room',
      'client-id': 'p',
      'waited-from': iso(0),
      'waited-again': [],
      knocks: 0,
      'unanswered-knocks': 0,
      'admitted-at': null,
      'admitted-by': null,
      holds: [],
      lost: [],
      'ended-at': null,
      'end-reason': null,
      'ended-by': null,
    });
  });

  it('RECORD-1 counts knocks, and those that ran out', () => {
    const moments: Moment[] = [
      is(1, 'knocking'),
      { at: at(2), fact: 'unanswered' },
      is(2, 'waiting'),
      is(3, 'knocking'),
      is(3, 'knocking'),
    ];
    expect(told({ moments })).toMatchObject({ knocks: 3, 'unanswered-knocks': 1 });
  });

  it('RECORD-1 waiting for the first doctor is not waiting again', () => {
    const moments = [is(1, 'knocking'), is(2, 'waiting'), is(3, 'in-consultation')];
    expect(told({ admittedAt: at(3), moments })['waited-again']).toEqual([]);
  });

  it('RECORD-1 waiting again ends when a doctor takes it up, a knock in between belongs to it', () => {
    const moments = [
      is(3, 'in-consultation'),
      is(5, 'waiting'),
      is(7, 'knocking'),
      is(8, 'in-consultation'),
      is(9, 'waiting'),
    ];
    const record = told({ admittedAt: at(3), moments });
    expect(record['waited-again']).toEqual([
      { from: iso(5), to: iso(8) },
      { from: iso(9), to: null },
    ]);
  });

  it('RECORD-1 what is open ends with the consultation', () => {
    const moments = [is(3, 'in-consultation'), is(5, 'on-hold')];
    const holds = (endedAt: number | null) => told({ admittedAt: at(3), endedAt, moments }).holds;
    expect(holds(null)).toEqual([{ from: iso(5), to: null }]);
    expect(holds(at(9))).toEqual([{ from: iso(5), to: iso(9) }]);
  });

  it('RECORD-1 shows who lost the connection, and when they were back', () => {
    const moments = [lost(1, 'p'), lost(2, 'd'), back(3, 'p'), lost(4, 'p')];
    expect(told({ moments, endedAt: at(9) }).lost).toEqual([
      { role: 'patient', 'client-id': 'p', 'lost-at': iso(1), 'back-at': iso(3) },
      { role: 'patient', 'client-id': 'd', 'lost-at': iso(2), 'back-at': null },
      { role: 'patient', 'client-id': 'p', 'lost-at': iso(4), 'back-at': null },
    ]);
  });

  it('RECORD-7 lost before and at a restart is lost once; back without having been lost is nothing', () => {
    const moments = [back(1, 'd'), lost(2, 'p'), lost(3, 'p'), back(4, 'p'), back(5, 'p')];
    expect(told({ moments }).lost).toEqual([
      { role: 'patient', 'client-id': 'p', 'lost-at': iso(2), 'back-at': iso(4) },
    ]);
  });
});
