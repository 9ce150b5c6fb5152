// Elements, without markup in strings: what workers and files say is only ever text.

/** An element with attributes and children; strings become text. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') {
      element.addEventListener('click', value);
    } else if (value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children);
  return element;
}

/** Sets a text, and touches nothing where it is the same: a reader's place and selection stay. */
export function text(element, value) {
  const next = String(value);
  if (element.textContent !== next) {
    element.textContent = next;
  }
}

/** Makes the children of a parent those of a list, by key: what stays is kept and keeps its focus. */
export function reconcile(parent, views, items, keyOf, create) {
  const keys = new Set(items.map(keyOf));
  for (const [key, view] of views) {
    if (!keys.has(key)) {
      view.element.remove();
      views.delete(key);
    }
  }
  let before = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let view = views.get(key);
    if (!view) {
      view = create(item);
      views.set(key, view);
    }
    if (view.element === before) {
      before = before.nextElementSibling;
    } else {
      parent.insertBefore(view.element, before);
    }
    view.update(item);
  }
}
