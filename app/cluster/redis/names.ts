/** The channel that a node of this name listens to. */
export const channelOf = (prefix: string, node: string): string => `${prefix}node:${node}`;
