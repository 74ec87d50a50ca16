import pc from 'picocolors'

/** What a colour stands for. It only supports what the text says already. */
export type Colours = Readonly<Record<'strong' | 'quiet' | 'good' | 'bad' | 'careful', (text: string) => string>>

/** Colours for a terminal: NO_COLOR and FORCE_COLOR are honoured, unless said otherwise here. */
export function colours(enabled: boolean = pc.isColorSupported): Colours {
  const { bold, dim, green, red, yellow } = pc.createColors(enabled)
  return { strong: bold, quiet: dim, good: green, bad: (text) => bold(red(text)), careful: yellow }
}

/** No colour at all: for plain lines. */
export const uncoloured: Colours = colours(false)
