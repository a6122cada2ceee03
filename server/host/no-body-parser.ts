// What express has of body-parser. No route reads a body with it, and the bundle has this in its place: with it come the tables
// of all character sets, half a megabyte of text.

const notHere = (): never => {
  throw new Error('Bodies are not read by body-parser here; see server/http/json-body.ts.')
}

export const json = notHere
export const raw = notHere
export const text = notHere
export const urlencoded = notHere
