// breaks nothing
export const kit = 1
