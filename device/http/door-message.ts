/** What the process behind the door is told. */
export type DoorMessage =
  | { readonly type: 'door'; readonly port: number; readonly news: object }
  /** Comes with a connection, unless that has ended meanwhile. `head`: what was read of it, in Base64. */
  | { readonly type: 'connection'; readonly head: string };
