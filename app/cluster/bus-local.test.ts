import { describeBus } from './bus.contract.ts';
import { LocalBus, type LocalHub } from './bus-local.ts';

describeBus('within one process', async () => {
  const hub: LocalHub = new Map();
  return { make: (node) => new LocalBus(node, hub), destroy: async () => {} };
});
