/**
 * The element of the page with an id.
 *
 * @throws {TypeError} If there is none of this kind: the page and its script are not of the same build.
 */
export function find<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new TypeError(`Cannot run the page as #${id} must be a ${kind.name}: found ${element}`);
}

/** A new element with text, or with children. */
export function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  options: { readonly className?: string } = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (options.className !== undefined) element.className = options.className;
  element.append(...content);
  return element;
}
