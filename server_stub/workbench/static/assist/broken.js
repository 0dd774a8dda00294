// Bytes that are not what they should be. Whoever gets this ends the session: the host never sends such bytes.

export class Broken extends Error {}
