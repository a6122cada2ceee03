// breaks: noMisusedPromises
async function isOpen(): Promise<boolean> {
  return await Promise.resolve(false)
}

export async function enter(): Promise<string> {
  if (isOpen()) return 'in'
  return await Promise.resolve('out')
}
