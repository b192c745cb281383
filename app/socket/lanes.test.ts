import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

/** A job that ends when it is told to. */
function job(log: string[], name: string) {
  let resolve: (name: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((succeed, fail) => {
    resolve = succeed;
    reject = fail;
  });
  const run = () => {
    log.push(name);
    return promise;
  };
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe('lanes', () => {
  it('IN-6 jobs of one lane run one after the other, in the order in which they were given', async () => {
    const lanes = new Lanes();
    const log: string[] = [];
    const [one, two, three] = [job(log, 'one'), job(log, 'two'), job(log, 'three')];
    const results = [one, two, three].map(({ run }) => lanes.run('a', run));
    // Ending early does not let anybody overtake.
    three.end();
    two.end();
    await Promise.resolve();
    expect(log).toEqual(['one']);
    one.end();
    expect(await Promise.all(results)).toEqual(['one', 'two', 'three']);
    expect(log).toEqual(['one', 'two', 'three']);
  });

  it('IN-6 jobs of different lanes run side by side', () => {
    const lanes = new Lanes();
    const log: string[] = [];
    for (const key of ['a', 'b', '__proto__']) void lanes.run(key, job(log, key).run);
    expect(log).toEqual(['a', 'b', '__proto__']);
  });

  it('IN-4 a job that fails tells its caller and nobody else', async () => {
    const lanes = new Lanes();
    const log: string[] = [];
    const [bad, good] = [job(log, 'bad'), job(log, 'good')];
    const failing = lanes.run('a', bad.run);
    const going = lanes.run('a', good.run);
    bad.fail();
    good.end();
    await expect(failing).rejects.toThrow('bad');
    await expect(going).resolves.toBe('good');
  });

  it('DRAIN-1 is idle when nothing is under way, nor anything that came meanwhile', async () => {
    const lanes = new Lanes();
    const log: string[] = [];
    await lanes.idle();
    const [first, last] = [job(log, 'first'), job(log, 'last')];
    void lanes.run('a', first.run);
    const idle = lanes.idle().then(() => log.push('idle'));
    void lanes.run('b', last.run);
    first.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['first', 'last']);
    last.end();
    await idle;
    expect(log).toEqual(['first', 'last', 'idle']);
  });
});
