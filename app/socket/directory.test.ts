import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import { Directory } from './directory.ts';
import { newSession } from './session.ts';

const client = (id: string, namespaceId = 'desk', atDesk = false) =>
  newSession({ id, namespaceId, role: atDesk ? 'doctor' : 'guest', atDesk });

const ids = (sessions: Iterable<{ id: string }>) => [...sessions].map(({ id }) => id);

describe('who is where', () => {
  it('WHO-1 by client-id, by namespace, and the doctors at the desk', () => {
    const directory = new Directory();
    const [patient, doctor, stranger] = [
      client('p'),
      client('d', 'desk', true),
      client('s', 'other'),
    ];
    for (const one of [patient, doctor, stranger]) directory.add(one);
    expect(directory.get('p')).toBe(patient);
    expect(ids(directory.everyoneIn('desk'))).toEqual(['p', 'd']);
    expect(ids(directory.doctorsOf('desk'))).toEqual(['d']);
    expect(ids(directory.doctorsOf('other'))).toEqual([]);
    expect(ids(directory.everyoneIn('nowhere'))).toEqual([]);
    expect(ids(directory.all())).toEqual(['p', 'd', 's']);
  });

  it('QUEUE-4 a doctor is at the desk once, however often it says so', () => {
    const directory = new Directory();
    const doctor = client('d');
    directory.add(doctor);
    directory.sitDown(doctor);
    directory.sitDown(doctor);
    expect(ids(directory.doctorsOf('desk'))).toEqual(['d']);
    expect(doctor.isAtDesk).toBe(true);
  });

  it('RESUME-7 who is forgotten is nowhere any more', () => {
    const directory = new Directory();
    directory.add(client('d', 'desk', true));
    directory.remove('d');
    directory.remove('d');
    expect(directory.get('d')).toBeUndefined();
    expect([...directory.everyoneIn('desk'), ...directory.doctorsOf('desk')]).toEqual([]);
  });

  it('QUEUE-1 connected is who has a connection', () => {
    const directory = new Directory();
    const one = client('p');
    directory.add(one);
    expect(directory.isConnected('p')).toBe(false);
    one.socket = {} as Socket;
    expect(directory.isConnected('p')).toBe(true);
    expect(directory.isConnected('nobody')).toBe(false);
  });
});
