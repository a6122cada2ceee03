// breaks nothing
export const list = 1
