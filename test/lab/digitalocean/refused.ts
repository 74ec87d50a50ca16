/** A call that is refused, in the form that the API gives every error: {id, message, request_id}. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
  ) {
    super(message)
  }
}

export const invalid = (message: string): Refused => new Refused(422, 'unprocessable_entity', message)

export const conflict = (message: string): Refused => new Refused(409, 'conflict', message)

export const notFound = (): Refused =>
  new Refused(404, 'not_found', 'The resource you were accessing could not be found.')

export const forbidden = (): Refused =>
  new Refused(403, 'forbidden', 'You are not authorized to perform this operation')
