import { WaitingRoom } from '../patient/waiting-room.ts';
import { fill, readAddress } from './page.ts';

const { namespace, token, room, name } = readAddress();
fill(Object.assign(new WaitingRoom(), { namespace, token, room, name }));
