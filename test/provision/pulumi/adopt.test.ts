import { expect, test } from 'vitest'
import { type InState, looseLinks, toAdopt, toForget, without } from '../../../src/provision/pulumi/adopt.ts'
import { mustLoseNothing } from '../../../src/provision/pulumi/losses.ts'
import type { Part } from '../../../src/provision/pulumi/part.ts'
import { typeOf, urnOf } from '../../../src/provision/pulumi/urn.ts'

const key = (name: string, id: string | undefined, more: Partial<Part> = {}): Part => ({
  type: 'SshKey',
  name: `${name}-aabb`,
  of: name,
  id,
  inputs: {},
  kept: true,
  ...more,
})
const urn = (one: Part) => urnOf('mle', one)
const inState = (one: Part, more: Partial<InState> = {}): InState => ({
  urn: urn(one),
  type: typeOf(one.type),
  ...(one.id !== undefined && { id: one.id }),
  ...more,
})
const [ana, ben, cleo] = [key('ana', '1'), key('ben', '2'), key('cleo', undefined)]
const STACK = { urn: 'urn:pulumi:mle::groundwork::pulumi:pulumi:Stack::groundwork-mle', type: 'pulumi:pulumi:Stack' }
const TAG = {
  urn: 'urn:pulumi:mle::groundwork::digitalocean:index/tag:Tag::groundwork:mle',
  type: 'digitalocean:index/tag:Tag',
}

test('what is there and not in the state is adopted; what is not there is made', () => {
  expect(toAdopt('mle', [inState(ana)], [ana, ben, cleo])).toEqual([urn(ben)])
  expect(toAdopt('mle', [], [ana, ben, cleo])).toEqual([urn(ana), urn(ben)])
})

test('what left the list, or is another object by now, is forgotten, and nothing of Pulumi itself', () => {
  const another = inState({ ...ben, id: '99' })
  const state = [STACK, TAG, inState(ana), another, inState(key('dan', '4'))]
  expect(toForget('mle', state, [ana, ben, cleo])).toEqual([urn(ben), urn(key('dan', '4'))])
  expect(toForget('mle', state.slice(0, 3), [ana])).toEqual([])
})

const link = (id: string | undefined) => key('data', id, { type: 'VolumeAttachment', link: true, adoptedAs: false })

test('an id that goes on with letters nobody knows is the same one; what cannot be adopted is made once more', () => {
  const state = [inState(link('7-vol-'), { id: '7-vol-20260101' })]
  expect(toForget('mle', state, [link('7-vol-')])).toEqual([])
  expect(looseLinks('mle', state, [link('7-vol-')])).toEqual([])
  expect(toAdopt('mle', [], [link('7-vol-')])).toEqual([])
  expect(toForget('mle', state, [link('8-vol-')])).toHaveLength(1)
})

test('a link of which no list says that it is so is forgotten before anything is read again', () => {
  const state = [inState(link('7-vol-'), { id: '7-vol-20260101' }), inState(cleo, { id: '3' })]
  for (const id of [undefined, '8-vol-']) expect(looseLinks('mle', state, [link(id), cleo])).toEqual([urn(link(id))])
})

test('what is forgotten is named nowhere in the rest', () => {
  const rest = inState(ana, { dependencies: [TAG.urn, urn(ben)], propertyDependencies: { tags: [urn(ben)], name: [] } })
  expect(without([TAG, inState(ben), rest], [urn(ben)])).toEqual([
    TAG,
    { ...rest, dependencies: [TAG.urn], propertyDependencies: { tags: [], name: [] } },
  ])
})

test.each([
  ['replace', ana],
  ['delete', ana],
  ['delete-replaced', ana],
  ['create-replacement', ana],
])('a %s that nothing has named stops, and names the flag', (op, one) => {
  const steps = [
    { op, urn: urn(one) },
    { op: 'update', urn: urn(ben) },
  ]
  expect(() => mustLoseNothing('mle', steps, [ana, ben])).toThrow(/Pulumi would delete or replace ana-aabb/)
  expect(() => mustLoseNothing('mle', steps, [{ ...ana, replace: true }, ben])).not.toThrow()
})

test('a link is made and taken away as its ends want it', () => {
  const steps = ['delete-replaced', 'create-replacement', 'replace'].map((op) => ({ op, urn: urn(link('7-vol-')) }))
  expect(() => mustLoseNothing('mle', steps, [link('7-vol-')])).not.toThrow()
  expect(() => mustLoseNothing('mle', steps, [])).toThrow('data-aabb')
})

test('a delete of what is in no list stops as well; what is not there any more may be made', () => {
  expect(() => mustLoseNothing('mle', [{ op: 'delete', urn: urn(key('dan', '4')) }], [ana])).toThrow('dan-aabb')
  expect(() => mustLoseNothing('mle', [{ op: 'create-replacement', urn: urn(cleo) }], [cleo])).not.toThrow()
  expect(() =>
    mustLoseNothing(
      'mle',
      [
        { op: 'create', urn: urn(cleo) },
        { op: 'update', urn: urn(ana) },
      ],
      [ana, cleo],
    ),
  ).not.toThrow()
})
