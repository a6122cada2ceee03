// breaks: noExplicitAny
export const take = (thing: any): unknown => thing
