import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Process } from '../../test/support/process.ts';

/** The processor of the server that is measured, and that of who loads it. */
const SERVER_CPU = 0;
const LOAD_CPU = availableParallelism() > 1 ? 1 : 0;

const pin = (pid: number, cpu: number): void => {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(cpu), String(pid)]);
};

/** This process, which makes the load, stays away from the server's processor. */
export const pinLoad = (): void => pin(process.pid, LOAD_CPU);

export const pinServer = (server: Process): void => pin(server.pid, SERVER_CPU);

/** The most memory that a process has ever held, in bytes. */
export function peakMemory(server: Process): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** What others take of this machine: the load average of the last minute. */
export const load = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
