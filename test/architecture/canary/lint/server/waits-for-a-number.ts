// breaks: useAwaitThenable
export async function wait(): Promise<number> {
  return await 1
}
