import { ConnectionTest } from '../test/connection-test.ts';
import { fill, readAddress } from './page.ts';

const { token } = readAddress();
fill(Object.assign(new ConnectionTest(), { token }));
