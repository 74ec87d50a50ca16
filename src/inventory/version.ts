/** groundwork's own version, as package.json says it: an older one refuses a newer one's lock file. */
export const VERSION = '0.1.0'
