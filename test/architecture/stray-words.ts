// Finds sentences of a screen that stand in no catalogue: text between tags, and text in the attributes that people read.
import ts from 'typescript'

/** Attributes whose text is shown or read aloud. */
const READ_ATTRIBUTES = new Set([
  'label',
  'title',
  'subtitle',
  'placeholder',
  'alt',
  'text',
  'what',
  'where',
  'help',
  'constraint',
  'error',
  'meta',
  'head',
  'aria-label',
  'confirmLabel',
  'codeLabel',
  'pointLabel',
])

/** The same in every language: names, units, and what is no word. */
const SAME_EVERYWHERE = /^(Codex Gateway|OpenAI|p50|p95|p99|ms|s|min|\s)*$/

const isSentence = (text: string): boolean =>
  /\p{L}{2,}/u.test(text) && !SAME_EVERYWHERE.test(text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim())

/** `line: text` of each one. */
export function strayWords(path: string, source: string): readonly string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const note = (node: ts.Node, text: string) => {
    if (!isSentence(text)) return
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
    found.push(`${path}:${line + 1}: ${text.trim()}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text)
    else if (ts.isJsxAttribute(node)) noteAttribute(node)
    else if (ts.isJsxExpression(node) && ts.isJsxElement(node.parent)) noteLiteral(node.expression)
    ts.forEachChild(node, visit)
  }
  const noteAttribute = ({ name, initializer }: ts.JsxAttribute): void => {
    if (!READ_ATTRIBUTES.has(name.getText(file)) || initializer === undefined) return
    noteLiteral(ts.isJsxExpression(initializer) ? initializer.expression : initializer)
  }
  const noteLiteral = (node: ts.Node | undefined): void => {
    if (node === undefined) return
    if (ts.isStringLiteralLike(node)) note(node, node.text)
    else if (ts.isConditionalExpression(node)) {
      noteLiteral(node.whenTrue)
      noteLiteral(node.whenFalse)
    } else if (ts.isTemplateExpression(node)) {
      note(node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '))
    }
  }
  visit(file)
  return found
}
