// breaks nothing
export const page = 1
