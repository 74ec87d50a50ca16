import { connect } from 'node:net'

/** Does an SSH server answer here, within a second? Only its greeting tells: a port can be open before anybody serves it. */
export const answersSsh = (address: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const say = (answer: boolean): void => {
      clearTimeout(deadline)
      socket.destroy()
      resolve(answer)
    }
    const deadline = setTimeout(say, 1000, false)
    socket.on('data', (greeting) => say(greeting.toString('latin1').startsWith('SSH-')))
    socket.on('error', () => say(false)).on('close', () => say(false))
  })
