// breaks: noParameterProperties
export class Light {
  constructor(readonly colour: string) {}
}
