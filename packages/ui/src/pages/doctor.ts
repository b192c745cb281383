import { DoctorDesk } from '../desk/doctor-desk.ts';
import { fill, makeNamespace, readAddress } from './page.ts';

const address = readAddress();
const { namespace, token, name } = address;
const prepare = () => makeNamespace(address);
fill(Object.assign(new DoctorDesk(), { namespace, token, name, prepare }));
