/** A file that somebody brings for a form is one that it asks for, by its exact name. */
import { describe, expect, it } from 'vitest'
import { MEDIA_BYTES_MAX, misfitOf } from '@/forms/media'

const asked = ['shops.csv', 'door_map.png']
const file = (name: string, size = 10) => ({ name, size })

describe('a file for a form', () => {
  it('is taken under the name that the form has', () => {
    expect(misfitOf(file('shops.csv'), asked)).toBeUndefined()
  })

  it('is told which name is probably meant', () => {
    for (const name of ['Shops.csv', 'shops (1).csv']) expect(misfitOf(file(name), asked), name).toEqual({ key: 'near', near: 'shops.csv' })
    expect(misfitOf(file('Door map.PNG'), asked)).toEqual({ key: 'near', near: 'door_map.png' })
  })

  it('is turned away where the form asks for no such file, where it is empty or too large', () => {
    expect(misfitOf(file('other.csv'), asked)).toEqual({ key: 'unasked' })
    expect(misfitOf(file('shops.csv', 0), asked)).toEqual({ key: 'empty' })
    expect(misfitOf(file('shops.csv', MEDIA_BYTES_MAX + 1), asked)).toEqual({ key: 'large' })
  })
})
