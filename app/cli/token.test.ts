import { describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/run-command.ts';
import { keyChoices, NOW } from '../../test/support/tokens/world.ts';
import { createTokenVerifier } from '../auth/access-token.ts';
import type { MintSettings } from '../auth/mint.ts';
import { tokenCommand } from './token.ts';

const clock = { now: () => NOW * 1000 };
const { secret } = keyChoices;

const run = (line: string, settings: () => MintSettings = () => secret) =>
  runCommand(
    (ends) => tokenCommand({ settings, clock, ...ends }),
    line.split(' ').filter((word) => word !== ''),
  );

const claimsIn = (stdout: string) => createTokenVerifier(secret, clock).verify(stdout.trimEnd());

describe('the command token', () => {
  it('AUTH-29 prints the token alone, and a line for people beside it', async () => {
    const { code, stdout, stderr } = await run(
      '--role doctor --namespace dr-1 --ttl 8h --subject d-17',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await claimsIn(stdout)).toMatchObject({
      role: 'doctor',
      subject: 'd-17',
      namespaces: ['dr-1'],
      expiresAt: (NOW + 8 * 3600) * 1000,
    });
    expect(stderr).toBe(
      'For doctor "d-17" in dr-1, good until 2027-01-15T16:00:00Z. Whoever holds it gets in: keep it secret.\n',
    );
  });

  it('AUTH-29 makes up a subject, a new one each time', async () => {
    const line = '--role patient --namespace dr-1';
    const one = await claimsIn((await run(line)).stdout);
    const other = await claimsIn((await run(line)).stdout);
    expect(one.subject).toMatch(/^patient-[0-9a-f]{12}$/);
    expect(one.subject).not.toBe(other.subject);
  });

  it('AUTH-29 takes several namespaces, a room and urgency', async () => {
    const { stdout, stderr } = await run(
      '--role guest --namespace dr-1 --namespace dr-2 --room room-1 --urgent --ttl 30m',
    );
    expect(await claimsIn(stdout)).toMatchObject({
      namespaces: ['dr-1', 'dr-2'],
      room: 'room-1',
      urgent: true,
      expiresAt: (NOW + 1800) * 1000,
    });
    expect(stderr).toContain('in dr-1, dr-2, room room-1 only, good until');
  });

  it('AUTH-29 makes a service for all namespaces', async () => {
    const { stdout } = await run('--role service --namespace *');
    expect(await claimsIn(stdout)).toMatchObject({ role: 'service', namespaces: ['*'] });
  });

  it.each([
    ['90s', 90],
    ['30m', 1800],
    ['1d', 86_400],
    ['24h', 86_400],
  ])('AUTH-29 understands --ttl %s', async (ttl, seconds) => {
    const { stdout } = await run(`--role doctor --namespace dr-1 --ttl ${ttl}`);
    expect((await claimsIn(stdout)).expiresAt).toBe((NOW + seconds) * 1000);
  });

  it('AUTH-29 stays within a longest lifetime that is below eight hours', async () => {
    const short = { ...secret, maxLifetimeSeconds: 600 };
    const { stdout } = await run('--role doctor --namespace dr-1', () => short);
    expect((await claimsIn(stdout)).expiresAt).toBe((NOW + 600) * 1000);
  });

  const fine = '--role doctor --namespace dr-1';
  it.each([
    ['nothing', '', "required option '--role <role>'"],
    ['no namespace', '--role doctor', "required option '--namespace <id>'"],
    ['an unknown role', '--role admin --namespace dr-1', 'Allowed choices are doctor, patient'],
    ['a namespace that is none', '--role doctor --namespace dr/1', 'namespaces'],
    ['all namespaces for a doctor', '--role doctor --namespace *', 'service only'],
    ['a time without a unit', `${fine} --ttl 8`, 'Write it like 90s, 30m, 8h or 1d.'],
    ['a time below zero', `${fine} --ttl -1h`, '--ttl'],
    ['no time', `${fine} --ttl 0s`, 'at least 1'],
    ['too long a time', `${fine} --ttl 25h`, 'at most 86400'],
    ['a room that is none', `${fine} --room a/b`, 'room'],
    ['an unknown option', `${fine} --for ever`, "unknown option '--for'"],
    ['a word too many', `${fine} please`, 'too many arguments'],
  ])('AUTH-29 ends with code 2 and a line about %s', async (_, line, said) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  it('AUTH-29 says so when there is no secret to sign with', async () => {
    const { code, stderr } = await run(fine, () => keyChoices.rsa);
    expect(code).toBe(2);
    expect(stderr).toContain('JWT_SECRET');
  });

  it('AUTH-29 shows what is wrong with the settings, and helps without them', async () => {
    const broken = () => {
      throw new Error('JWT_SECRET: what was given (not shown) is not allowed.');
    };
    expect(await run(fine, broken)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: JWT_SECRET: what was given (not shown) is not allowed.\n',
    });
    const { code, stdout } = await run('--help', broken);
    expect(code).toBe(0);
    expect(stdout).toContain('--namespace <id>');
  });
});
