/** See bundle.mjs. */
export function bundle(
  entryPoints: Readonly<Record<string, string>>,
  outdir?: string,
): Promise<Readonly<Record<string, readonly string[]>> | undefined>
