/** How private keys begin: PEM, OpenSSH's own form without its header line, PuTTY, age. */
export const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|b3BlbnNzaC1rZXktdjEA|PuTTY-User-Key-File|AGE-SECRET-KEY-1/

/** What is said of one, wherever it stands; it is never shown. */
export const IS_PRIVATE =
  'is a private key, and no longer private: make a new pair, and write the line of its .pub file'
