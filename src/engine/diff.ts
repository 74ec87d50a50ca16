/** A unified diff without a file header, two lines of context. Texts that hold a secret are not given to it: they have no `show`. */
export async function unifiedDiff(old: string, wanted: string): Promise<string> {
  const { structuredPatch } = await import('diff')
  return structuredPatch('', '', ended(old), ended(wanted), '', '', { context: 2 })
    .hunks.flatMap((hunk) => [
      `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
      ...hunk.lines,
    ])
    .join('\n')
}

// An answer has lost its last newlines; their absence is no difference.
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
