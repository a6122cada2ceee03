// breaks: noEnum
export enum Light {
  red = 1,
}
