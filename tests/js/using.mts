// Blocks that use owners, for using.test.mjs. Deno and Bun run it as it is; for Node 20, which has no `using`, it is compiled.

import type { Host, List, Owner, Struct, StructClass } from '../../abi/js/linmem.js'

interface PointInit { x: number; y: number; name: string }
interface Point extends Struct<PointInit>, PointInit {}
interface Points extends List<Point> {}
interface Guest {
  Point: StructClass<Point, PointInit>
  simple_arr(): Owner<List<number, Int32Array>>
  create_point(x: number, y: number, name: string): Owner<Point> | null
  drop_point(point: Owner<Point>): void
  points_new(): Owner<Points>
  points_push(points: Points, x: number, y: number, name: string): void
  points_get(points: Points, index: number): Point | null
}
type Module = Readonly<Guest> & Host

/** What lived in the block, which `leave` ends: by returning, or by what it throws. */
export const inBlock = (m: Module, leave: () => void): number => {
  using array = m.simple_arr()
  using point = new m.Point({ x: 1, y: array.length, name: 'hi' })
  leave()
  return point.y + m.live().length
}

/** The names of owners in the order in which they end, an inner block's first. */
export const order = (m: Module): string[] => {
  const ended: string[] = []
  const noting = <T extends Disposable>(name: string, owner: T): T => {
    const free = owner[Symbol.dispose].bind(owner)
    Object.defineProperty(owner, Symbol.dispose, { value: () => {
      ended.push(`${name} of ${m.live().length}`)
      free()
    } })
    return owner
  }
  {
    using outer = noting('outer', m.simple_arr())
    using second = noting('second', m.simple_arr())
    for (const name of ['first turn', 'second turn']) {
      using inner = noting(name, m.simple_arr())
      void [outer, second, inner]
    }
  }
  return ended
}

/** Owners that are the block's no more when it ends, and one that the guest could not make. */
export const freedBefore = (m: Module): number => {
  using array = m.simple_arr()
  using point = new m.Point({ x: 1, y: 2, name: 'hi' })
  using none = m.points_get(m.points_new(), 9)
  array.free()
  m.drop_point(point)
  void none
  return m.live().length
}

/** A view that the guest lends is nobody's to end. */
export const borrowed = (m: Module): void => {
  using points = m.points_new()
  m.points_push(points, 1, 2, 'lent')
  using point = m.points_get(points, 0)
  void point
}
