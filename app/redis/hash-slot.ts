/** How many hash slots a Redis Cluster has. */
export const SLOTS = 16_384;

/** CRC16-CCITT (XMODEM), as the Redis Cluster specification has it. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}

/** The hash slot of a key: by what stands between the first braces, if anything does. */
export function hashSlot(key: string): number {
  const tag = /\{([^}]+)\}/.exec(key)?.[1];
  return crc16(Buffer.from(tag ?? key)) % SLOTS;
}
