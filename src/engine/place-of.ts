/** Where a fault is, in the words of the plan: `host › step › resource`. */
export const placeOf = (host: { readonly name: string }, step: { readonly id: string }, resource?: string): string =>
  [host.name, step.id, ...(resource === undefined ? [] : [resource])].join(' › ')
