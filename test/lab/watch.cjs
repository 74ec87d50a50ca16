// Preloaded into a command (`node --require`), which then tells what it loaded, connected to and started, and how long it
// computed: a line each, in the file that WATCHED names. It changes nothing of what the command does.
const { appendFileSync } = require('node:fs')
const { ChildProcess } = require('node:child_process')
const { subscribe } = require('node:diagnostics_channel')
const Module = require('node:module')

const note = (what, name) => appendFileSync(process.env.WATCHED, `${what} ${name}\n`)

// What a bundle or a package asks for by require().
const load = Module._load
Module._load = function (request, parent, isMain) {
  note('loaded', request)
  return load.call(this, request, parent, isMain)
}

// What is imported. Hooks run in a thread of their own.
const hooks = `import { appendFileSync } from 'node:fs'
export async function resolve(name, context, next) {
  const resolved = await next(name, context)
  appendFileSync(process.env.WATCHED, 'loaded ' + resolved.url + '\\n')
  return resolved
}`
Module.register(`data:text/javascript,${encodeURIComponent(hooks)}`)

subscribe('net.client.socket', () => note('connected', ''))

const spawn = ChildProcess.prototype.spawn
ChildProcess.prototype.spawn = function (options) {
  note('started', options.file)
  return spawn.call(this, options)
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  note('seconds', (user + system) / 1e6)
})
