import { describe, expect, it } from 'vitest';
import { createTokenVerifier } from '../../app/auth/access-token.ts';
import { systemClock } from '../../app/clock.ts';
import { examplesIn, isFound, programFor, runExample } from '../support/tokens/doc-examples.ts';
import { keyChoices, SECRET, STRANGE_SECRET } from '../support/tokens/world.ts';

const examples = await examplesIn(new URL('../../docs/TOKENS.md', import.meta.url));
const verifier = createTokenVerifier(keyChoices.secret, systemClock);

describe('the examples of docs/TOKENS.md', () => {
  it('AUTH-30 are in Node, Python, Java and PHP', () => {
    expect(examples.map(({ language }) => language)).toEqual(['js', 'python', 'java', 'php']);
  });

  for (const example of examples) {
    const title = `AUTH-30 the ${example.language} example signs a token that lets its patient in`;
    it(title, { timeout: 60_000 }, async ({ skip }) => {
      const program = programFor(example.language);
      if (!(await isFound(program))) {
        const note = `${program} not found on this machine: ${example.file} of docs/TOKENS.md was NOT run`;
        console.warn(`SKIPPED ${note}`);
        skip(note);
      }
      const subject = 'p-4711 "née" \\ 1';
      const env = { JWT_SECRET: SECRET, LC_ALL: 'C.UTF-8' };
      const before = Date.now();
      const token = (await runExample(example, [subject], env)).trimEnd();
      const { expiresAt, ...claims } = await verifier.verify(token);
      expect(claims).toEqual({
        subject,
        role: 'patient',
        namespaces: ['dr-1'],
        tokenId: expect.stringMatching(/^[0-9a-f-]{32,36}$/),
      });
      expect(Math.abs(expiresAt - before - 3_600_000)).toBeLessThan(60_000);
      const strange = { ...keyChoices.secret, secrets: [STRANGE_SECRET] };
      const elsewhere = createTokenVerifier(strange, systemClock);
      await expect(elsewhere.verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
    });
  }
});
