// breaks nothing
export async function save(): Promise<boolean> {
  await Promise.resolve()
  return true
}
