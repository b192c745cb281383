// `npm run sizing`: how many nodes and how many Redis it takes, up to ten million waiting patients.
import {
  ASSUMED,
  MEASURED,
  MEASURED_SPREAD,
  mostWithOneRedis,
  sizingTable,
} from './lib/sizing.mjs';

console.log(sizingTable());
console.log(`\nOne Redis is enough for ${mostWithOneRedis()} waiting patients.`);
console.log('\nAssumed:', ASSUMED, '\nMeasured:', MEASURED);
console.log('\nWith a Redis Cluster:', MEASURED_SPREAD);
