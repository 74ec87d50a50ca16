/** See bundle.mjs. */
export function bundle(entryPoints: Readonly<Record<string, string>>, outdir?: string): Promise<boolean>
