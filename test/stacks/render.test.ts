import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readPlatform } from '../../src/stacks/platform.ts'
import type { Layer } from '../../src/stacks/platform-schema.ts'
import { renderLayer } from '../../src/stacks/render.ts'
import { fixture, host, org } from './org.ts'

const platform = fixture()
const [below, above] = platform.layers as [Layer, Layer]
const render = (layer: Layer, over = org()) => renderLayer(platform, layer, { org: over, host: host('one', 'manager') })
const blocks = (layer: Layer) => parse(render(layer).text, { version: '1.1' }).services

describe('a rendered layer', () => {
  test('reads the same as its source, but for what was meant to change', () => {
    const { keeper } = blocks(below)
    expect(keeper.environment).toEqual(below.compose.services.keeper?.environment)
    expect(keeper.environment).toMatchObject({ SWITCH: 'on', OCTAL: '010', VERSION: '1.10', no: 'yes', TIME: '22:22' })
    expect(keeper.deploy.labels['groundwork.org']).toBe('lab')
    expect(keeper.image).toMatch(/^groundwork\/tool:[0-9a-f]{12}$/)
  })

  test('has no extensions, aliases and anchors', () => {
    for (const layer of platform.layers) expect(render(layer).text).not.toMatch(/^\s*x-|[&*]logging|<</m)
  })

  test('asks for the version that Debian 12 takes', () => expect(parse(render(below).text).version).toBe('3.8'))

  test('names secrets and configs by their content', () => {
    const file = parse(render(below).text)
    expect(file.secrets.password.name).toMatch(/^password-[0-9a-f]{12}$/)
    expect(file.configs.keeper).toMatchObject({ file: './config/keeper.conf', labels: { 'groundwork.org': 'lab' } })
    expect(file.configs.keeper.name).toMatch(/^keeper-[0-9a-f]{12}$/)
  })

  test('has no suffix where there is no key yet', () => {
    expect(parse(render(below, org({ key: undefined })).text).secrets.password.name).toBe('password')
  })

  test('renders templates', () => {
    expect(render(above).configs[0]).toMatchObject({ path: 'config/hello.conf', content: 'organization = lab\n' })
  })

  test('takes no value of several lines into a template, nor one that is not there', () => {
    for (const name of ['lab\nadmin = everybody', 'lab\u2028', undefined])
      expect(() => render(above, org({ name: name as string }))).toThrow('The template cannot be rendered.')
  })

  test('shows no secret', () => expect(render(below).text).not.toContain('dDzZtl'))
})

describe("a block's hash", () => {
  const hash = (over = org(), service = 0) => render(below, over).services[service]?.blockHash
  const twelveDigits = /^[0-9a-f]{12}$/

  test('is in its label', () => {
    expect(hash()).toMatch(twelveDigits)
    expect(blocks(below).keeper.deploy.labels['groundwork.block']).toBe(hash())
  })
  test('is the same again', () => expect(hash()).toBe(hash()))
  test('changes with the secret it uses', () => {
    expect(hash(org({ key: undefined }))).not.toBe(hash())
    expect(hash(org({ key: undefined }), 1)).toBe(hash(org(), 1))
  })
})

describe('how a service is when all is well', () => {
  test.each([
    [below, 'keeper', { state: 'running', count: 1, healthcheck: true }],
    [below, 'once', { state: 'complete', count: 1, healthcheck: false }],
    [above, 'everywhere', { state: 'running', count: 2, healthcheck: false }],
    [above, 'asleep', { state: 'running', count: 0, healthcheck: false }],
  ] as const)('$1', (layer, name, well) => {
    expect(render(layer).services.find((one) => one.name.endsWith(`_${name}`))?.well).toEqual(well)
  })
})

test('the demo platform renders', () => {
  const demo = readPlatform('demo')
  for (const layer of demo.layers) {
    expect(() => renderLayer(demo, layer, { org: org(), host: host('one', 'manager') })).not.toThrow()
  }
})
