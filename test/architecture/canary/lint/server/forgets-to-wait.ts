// breaks: noFloatingPromises
async function save(): Promise<void> {
  await Promise.resolve()
}

export function end(): void {
  save()
}
