import ts from 'typescript'

/** A place where code takes another path because of whose account it is. */
export interface IdentityBranch {
  /** Relative to the project. */
  readonly file: string
  readonly text: string
}

const IDENTITIES = new Set(['UserId', 'AccountId'])

const COMPARISONS = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
])
const CONVERSIONS = new Set(['Number', 'String', 'BigInt'])

/**
 * Every comparison, `case`, look-up and membership test in the files that holds the id of a user or an account, by its
 * type or turned into something else, against a constant of the program.
 *
 * `planted` are files that exist only here, by path; what they say is scanned with the rest.
 */
export function identityBranches(
  root: string,
  files: readonly string[],
  planted: Readonly<Record<string, string>> = {},
): IdentityBranch[] {
  const scanned = [...files, ...Object.keys(planted)].map((path) => `${root}${path}`)
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  }
  const program = ts.createProgram(scanned, options, hostWith(options, root, planted))
  const scan = new Scan(program.getTypeChecker(), root)
  for (const path of scanned) {
    const source = program.getSourceFile(path)
    if (source !== undefined) scan.visit(source)
  }
  return scan.found
}

function hostWith(
  options: ts.CompilerOptions,
  root: string,
  planted: Readonly<Record<string, string>>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const contentOf = (path: string): string | undefined =>
    path.startsWith(root) ? planted[path.slice(root.length)] : undefined
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (path) => contentOf(path) !== undefined || fileExists(path)
  host.readFile = (path) => contentOf(path) ?? readFile(path)
  host.getSourceFile = (path, target, ...rest) => {
    const content = contentOf(path)
    if (content === undefined) return getSourceFile(path, target, ...rest)
    return ts.createSourceFile(path, content, target)
  }
  return host
}

class Scan {
  readonly found: IdentityBranch[] = []
  readonly #checker: ts.TypeChecker
  readonly #root: string

  constructor(checker: ts.TypeChecker, root: string) {
    this.#checker = checker
    this.#root = root
  }

  visit(node: ts.Node): void {
    if (this.#branches(node)) this.#report(node)
    ts.forEachChild(node, (child) => this.visit(child))
  }

  #branches(node: ts.Node): boolean {
    if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) {
      return this.#meet(node.left, node.right) || this.#meet(node.right, node.left)
    }
    if (ts.isCaseClause(node)) {
      return this.#meet(node.parent.parent.expression, node.expression)
    }
    if (ts.isElementAccessExpression(node)) {
      return this.#meet(node.argumentExpression, node.expression)
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: receiver } = node.expression
      return node.arguments.some((argument) => this.#meet(argument, receiver)) && isLookUp(node)
    }
    return false
  }

  #meet(identity: ts.Expression, constant: ts.Expression): boolean {
    return this.#isIdentity(identity) && this.#isConstant(constant)
  }

  /** Of the branded type, or made of such by arithmetic, text or conversion. */
  #isIdentity(node: ts.Expression): boolean {
    const bare = stripped(node)
    const type = this.#checker.getTypeAtLocation(bare)
    const parts = type.isUnion() ? type.types : [type]
    if (parts.some((part) => IDENTITIES.has(part.aliasSymbol?.name ?? ''))) return true
    if (ts.isBinaryExpression(bare) && !COMPARISONS.has(bare.operatorToken.kind)) {
      return this.#isIdentity(bare.left) || this.#isIdentity(bare.right)
    }
    if (ts.isPrefixUnaryExpression(bare)) return this.#isIdentity(bare.operand)
    if (ts.isTemplateExpression(bare)) {
      return bare.templateSpans.some(({ expression }) => this.#isIdentity(expression))
    }
    if (!ts.isCallExpression(bare)) return false
    const { expression: called } = bare
    if (ts.isPropertyAccessExpression(called) && called.name.text === 'toString') {
      return this.#isIdentity(called.expression)
    }
    const converts = ts.isIdentifier(called) && CONVERSIONS.has(called.text)
    return converts && bare.arguments.some((argument) => this.#isIdentity(argument))
  }

  /** A literal, or what a module's own `const` holds; whether there is anything at all, `null`, is no identity. */
  #isConstant(node: ts.Expression): boolean {
    const bare = stripped(node)
    if (ts.isNumericLiteral(bare) || ts.isStringLiteralLike(bare) || ts.isBigIntLiteral(bare)) {
      return true
    }
    if (ts.isPrefixUnaryExpression(bare)) return this.#isConstant(bare.operand)
    if (ts.isBinaryExpression(bare)) {
      return this.#isConstant(bare.left) && this.#isConstant(bare.right)
    }
    if (ts.isArrayLiteralExpression(bare)) return bare.elements.length > 0
    if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
      return this.#isConstant(bare.expression)
    }
    return ts.isIdentifier(bare) && this.#holdsConstant(bare)
  }

  #holdsConstant(name: ts.Identifier): boolean {
    let symbol = this.#checker.getSymbolAtLocation(name)
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias) {
      symbol = this.#checker.getAliasedSymbol(symbol)
    }
    let declared: ts.Node | undefined = symbol?.valueDeclaration
    while (declared !== undefined && ts.isBindingElement(declared))
      declared = declared.parent.parent
    if (declared === undefined || !ts.isVariableDeclaration(declared)) return false
    const list = declared.parent
    if (!ts.isVariableDeclarationList(list) || (list.flags & ts.NodeFlags.Const) === 0) return false
    if (ts.isSourceFile(list.parent.parent)) return true
    return declared.initializer !== undefined && this.#isConstant(declared.initializer)
  }

  #report(node: ts.Node): void {
    const source = node.getSourceFile()
    const file = source.fileName.slice(this.#root.length)
    const text = ts.isCaseClause(node)
      ? `case ${node.expression.getText(source)}`
      : node.getText(source)
    this.found.push({ file, text: text.replace(/\s+/g, ' ') })
  }
}

const LOOK_UPS = new Set(['has', 'get', 'includes', 'indexOf', 'find', 'some'])

function isLookUp({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && LOOK_UPS.has(expression.name.text)
}

function stripped(node: ts.Expression): ts.Expression {
  let bare = node
  while (
    ts.isParenthesizedExpression(bare) ||
    ts.isAsExpression(bare) ||
    ts.isNonNullExpression(bare) ||
    ts.isSatisfiesExpression(bare)
  ) {
    bare = bare.expression
  }
  return bare
}
