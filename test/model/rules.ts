/** The practices of a run. */
export const NAMESPACES: readonly string[] = ['clinic-a', 'clinic-b'];

/** The bounds and times that the model and the server under test agree on: small, so that they matter. */
export const RULES = {
  roomsPerClient: 3,
  membersPerRoom: 4,
  waitingRoomSize: 4,
  windowMs: 60_000,
  // Longer than a window, so that it matters what becomes of a knock when that ends.
  knockMs: 75_000,
  roomMs: 24 * 60 * 60 * 1000,
} as const;

/** The same for the server. What bounds a flood is not what is tried here. */
export const ENVIRONMENT = {
  MAX_ROOMS_PER_CLIENT: String(RULES.roomsPerClient),
  MAX_MEMBERS_PER_ROOM: String(RULES.membersPerRoom),
  MAX_WAITING_ROOM_SIZE: String(RULES.waitingRoomSize),
  WINDOW_DOCTOR_SECONDS: String(RULES.windowMs / 1000),
  WINDOW_PATIENT_SECONDS: String(RULES.windowMs / 1000),
  WINDOW_GUEST_SECONDS: String(RULES.windowMs / 1000),
  KNOCK_SECONDS: String(RULES.knockMs / 1000),
  UNUSED_ROOM_HOURS: '24',
  ENDED_ROOM_HOURS: '24',
  MAX_HELD_MESSAGES: '10000',
  MAX_HELD_BYTES: '16000000',
  EVENT_BURST: '10000',
};
