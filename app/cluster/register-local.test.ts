import { describeRegister } from './register.contract.ts';
import { LocalRegister, LocalRegisterHub } from './register-local.ts';

describeRegister('within one process', async () => {
  const hub = new LocalRegisterHub();
  return { open: async (node) => new LocalRegister(node, hub), destroy: async () => {} };
});
