// Elements of SVG, made with attributes alone: a strict content security policy allows no styles.

const NAMESPACE = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}) {
    const element = document.createElementNS(NAMESPACE, name);
    set(element, attributes);
    return element;
}

export function set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name, value);
    }
}

// To a tenth of a pixel, which is as fine as it can be seen.
export function round(number) {
    return Math.round(number * 10) / 10;
}
