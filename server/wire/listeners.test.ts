// Who is told: in the order of their coming, once where they asked for it, and nothing of what happened before.
import { expect, test } from 'vitest'
import { Listeners } from './listeners.ts'

class Told extends Listeners<'data' | 'end'> {
  say(event: 'data' | 'end', bytes?: Buffer): void {
    this.tell(event, bytes)
  }
}

test('listeners are told in their order, each of its event, and those that ask for one are told of one', () => {
  const told = new Told()
  const heard: string[] = []
  told.say('end')
  told
    .on('data', (bytes: Buffer) => heard.push(`first ${bytes}`))
    .once('data', (bytes: Buffer) => {
      heard.push(`once ${bytes}`)
      told.on('data', () => heard.push('late'))
      told.say('data', Buffer.from('within'))
    })
    .on('data', () => heard.push('last'))
    .on('end', () => heard.push('end'))
  told.say('data', Buffer.from('a'))
  expect(heard).toEqual(['first a', 'once a', 'first within', 'last', 'late', 'last'])
  heard.length = 0
  told.say('end')
  expect(heard).toEqual(['end'])
})
