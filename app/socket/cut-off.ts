interface EngineConnection {
  readonly transport: unknown;
  close(discard: boolean): void;
}

/**
 * Ends a connection at once, with whatever waits for it. A WebSocket that is only closed stays for up to
 * 30 s, for the other end's goodbye: one that does not read keeps what was sent to it in memory, and one
 * that floods is read on.
 */
export function cutOff(connection: EngineConnection): void {
  const { socket } = connection.transport as { socket?: { terminate?(): void } };
  connection.close(true);
  socket?.terminate?.();
}
