// breaks: useConst
export function one(): number {
  let one = 1
  return one
}
