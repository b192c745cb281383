import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Register } from './register.ts';

export interface RegistersInTest {
  /** The register as the node of this name has it, among the others of the same test. */
  open(node: string): Promise<Register>;
  destroy(): Promise<void>;
}

/** The promises of the `Register` port (SPEC CLUSTER-1 to CLUSTER-3), to be run over every adapter. */
export function describeRegister(name: string, factory: () => Promise<RegistersInTest>): void {
  describe(`Register: ${name}`, () => {
    let registers: RegistersInTest;
    const opened: Register[] = [];

    beforeEach(async () => {
      registers = await factory();
    });

    afterEach(async () => {
      for (const register of opened.splice(0)) await register.close();
      await registers.destroy();
    });

    async function open(node: string): Promise<Register> {
      const register = await registers.open(node);
      opened.push(register);
      return register;
    }

    test('CLUSTER-1 one node at a time has the turn of a namespace, other namespaces go on', async () => {
      const [one, two] = [await open('one'), await open('two')];
      const first = await one.takeTurn('desk');
      await (await two.takeTurn('elsewhere')).end(false);
      const order: string[] = [];
      const second = two.takeTurn('desk').then((turn) => {
        order.push('two has it');
        return turn;
      });
      // A command of the other node that takes its way, too.
      await two.othersIn('desk');
      order.push('one gives it back');
      await first.end(false);
      await (await second).end(false);
      expect(order).toEqual(['one gives it back', 'two has it']);
    });

    test('CLUSTER-1 a busy node does not keep the others out', async () => {
      const [one, two] = [await open('one'), await open('two')];
      let isBusy = true;
      const busy = (async () => {
        while (isBusy) await (await one.takeTurn('desk')).end(false);
      })();
      for (let turn = 0; turn < 5; turn += 1) await (await two.takeTurn('desk')).end(false);
      isBusy = false;
      await busy;
      expect(isBusy).toBe(false);
    });

    test('CLUSTER-2 who takes the turn learns which other nodes have clients there', async () => {
      const [one, two] = [await open('one'), await open('two')];
      await (await one.takeTurn('desk')).end(true);
      const turn = await two.takeTurn('desk');
      expect(turn.others).toEqual(['one']);
      await turn.end(true);
      expect(await one.othersIn('desk')).toEqual(['two']);
      await (await one.takeTurn('desk')).end(false);
      expect(await two.othersIn('desk')).toEqual([]);
      const places = [await two.namespacesOf('one'), await one.namespacesOf('two')];
      expect(places).toEqual([[], ['desk']]);
    });

    test('CLUSTER-3 a node that leaves is dead for the others until it is buried, and its places are known', async () => {
      const [one, two] = [await open('one'), await open('two')];
      expect(await two.hasLapsed('one')).toBe(true);
      expect(await one.renew()).toEqual({ wasLapsed: false, isNew: false, dead: [] });
      expect((await two.renew()).dead).toEqual([]);
      expect(await two.hasLapsed('one')).toBe(false);
      await (await one.takeTurn('desk')).end(true);
      await one.leave();
      expect((await two.renew()).dead).toEqual(['one']);
      expect([await two.hasLapsed('one'), await two.others()]).toEqual([true, ['one']]);
      expect(await two.namespacesOf('one')).toEqual(['desk']);
      await two.strike('one', 'desk');
      await two.bury('one');
      expect((await two.renew()).dead).toEqual([]);
      expect([await two.othersIn('desk'), await two.others()]).toEqual([[], []]);
      expect((await one.renew()).wasLapsed).toBe(true);
      expect((await one.renew()).wasLapsed).toBe(false);
    });

    test('CLUSTER-3 where a node is about to have clients is known before its turn has ended', async () => {
      const [one, two] = [await open('one'), await open('two')];
      const turn = await one.takeTurn('desk');
      await turn.stay();
      expect(await two.othersIn('desk')).toEqual(['one']);
      expect(await two.namespacesOf('one')).toEqual(['desk']);
      // Nobody came after all.
      await turn.end(false);
      expect(await two.othersIn('desk')).toEqual([]);
      expect(await two.namespacesOf('one')).toEqual([]);
    });

    test('CLUSTER-3 a node that lives again is not buried', async () => {
      const [one, two] = [await open('one'), await open('two')];
      await one.renew();
      await (await one.takeTurn('desk')).end(true);
      await one.leave();
      expect((await two.renew()).dead).toEqual(['one']);
      expect((await one.renew()).wasLapsed).toBe(true);
      await two.bury('one');
      expect([await two.hasLapsed('one'), await two.others()]).toEqual([false, ['one']]);
      expect(await two.namespacesOf('one')).toEqual(['desk']);
      expect((await one.renew()).wasLapsed).toBe(false);
    });
  });
}
