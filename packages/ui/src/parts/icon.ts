import { createElement, type IconNode } from 'lucide';

/** A picture beside a text, or on a button that has a name: nothing for a screen reader. */
export const icon = (node: IconNode): SVGElement =>
  createElement(node, { class: 'icon', 'aria-hidden': 'true', focusable: 'false' });
