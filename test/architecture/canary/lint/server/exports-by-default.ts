// breaks: noDefaultExport
export default function start(): void {}
