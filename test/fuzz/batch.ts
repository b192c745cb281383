import fc from 'fast-check';

/**
 * So many cases at once, that become fewer where one of them fails. An array of fixed length would stay
 * as long as it is, and one of any length would be short more often than not.
 */
export class Batch<Case> extends fc.Arbitrary<Case[]> {
  readonly #whole: fc.Arbitrary<Case[]>;
  readonly #part: fc.Arbitrary<Case[]>;

  constructor(cases: fc.Arbitrary<Case>, size: number) {
    super();
    this.#whole = fc.array(cases, { minLength: size, maxLength: size });
    this.#part = fc.array(cases, { minLength: 1, maxLength: size });
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<Case[]> {
    return this.#whole.generate(random, bias);
  }

  override canShrinkWithoutContext(value: unknown): value is Case[] {
    return this.#part.canShrinkWithoutContext(value);
  }

  override shrink(value: Case[], context: unknown): fc.Stream<fc.Value<Case[]>> {
    return this.#part.shrink(value, context);
  }
}
