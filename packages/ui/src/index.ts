export { CallView } from './call/call-view.ts';
export { DoctorDesk } from './desk/doctor-desk.ts';
export { WaitingRoom } from './patient/waiting-room.ts';
export { ConnectionTest } from './test/connection-test.ts';
