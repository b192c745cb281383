import { OpsPage } from '../ops/ops-page.ts';
import { fill } from './page.ts';

fill(new OpsPage());
