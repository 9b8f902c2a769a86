// Saves pictures as an SVG file that looks the same by itself: what style sheets say of each element is
// written into it as attributes.

import { set, svg } from "./timeline/svg.js";

const COLOURS = ["fill", "stroke"];
// With what each is where nothing says so.
const PROPERTIES = {
    "stroke-width": "1px",
    "stroke-dasharray": "none",
    "stroke-linejoin": "miter",
    "vector-effect": "none",
    opacity: "1",
};
const FONT = {
    "font-family": "",
    "font-size": "",
    "font-weight": "400",
    "font-style": "normal",
    "text-anchor": "start",
    "dominant-baseline": "auto",
};
const TEXTS = new Set(["text", "tspan"]);
// What is left of the page's own attributes is of no use in a file.
const OF_THE_PAGE = /^(class|role|tabindex|focusable|style|data-.*|aria-.*)$/;
// Control characters and what is no character: XML doesn't allow them, however they are written.
const FORBIDDEN = /[^\P{Cc}\n\t]|[\ufffe\uffff]/gu;
const TRANSPARENT = "rgba(0, 0, 0, 0)";
// In pixels.
const MARGIN = 12;
const HEAD = 24;

// The pictures, which must be on screen, one below the other; `title` stands above them, and
// `legend`, a list of items with a swatch and a text each, below.
export function saveSvg(pictures, name, title, legend = null) {
    const text = new XMLSerializer().serializeToString(together(pictures, title, legend));
    const file = new Blob([text.replace(FORBIDDEN, "\ufffd")], { type: "image/svg+xml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    // The browser has to have read it.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function together(pictures, title, legend) {
    const whole = svg("svg");
    const style = getComputedStyle(pictures[0]);
    const head = svg("title");
    head.textContent = title;
    const above = svg("text", {
        x: MARGIN,
        y: MARGIN + 12,
        "font-size": "13",
        "font-weight": "700",
    });
    above.setAttribute("font-family", style.fontFamily);
    writeColour(above, "fill", style.color);
    above.textContent = title;
    const ground = svg("rect");
    writeColour(ground, "fill", background(pictures[0]));
    whole.append(head, ground, above);
    let [width, y] = [0, MARGIN + HEAD];
    for (const picture of pictures) {
        const box = picture.getBoundingClientRect();
        whole.append(placed(picture, MARGIN, y, box));
        y += box.height;
        width = Math.max(width, box.width);
    }
    if (legend) {
        y += MARGIN;
        whole.append(...items(legend, MARGIN, y));
        y += legend.getBoundingClientRect().height;
    }
    const size = { width: width + 2 * MARGIN, height: y + MARGIN };
    set(ground, size);
    set(whole, { ...size, viewBox: `0 0 ${size.width} ${size.height}` });
    return whole;
}

function placed(picture, x, y, { width, height }) {
    const copy = copied(picture);
    set(copy, { x, y, width, height });
    return copy;
}

// Each item as it stands in the page.
function items(legend, x, y) {
    const around = legend.getBoundingClientRect();
    return [...legend.children].flatMap((item) => {
        const swatch = item.querySelector("svg");
        const box = swatch.getBoundingClientRect();
        const [left, top] = [x + box.left - around.left, y + box.top - around.top];
        const style = getComputedStyle(item);
        const text = svg("text", { x: left + box.width + 4, y: top + box.height - 1 });
        set(text, { "font-family": style.fontFamily, "font-size": style.fontSize });
        writeColour(text, "fill", style.color);
        text.textContent = item.textContent.trim();
        return [placed(swatch, left, top, box), text];
    });
}

// A copy without what isn't shown. Pictures aren't deep, however many elements they have.
function copied(element) {
    const copy = element.cloneNode(false);
    for (const { name } of [...copy.attributes]) {
        if (OF_THE_PAGE.test(name)) {
            copy.removeAttribute(name);
        }
    }
    inline(copy, getComputedStyle(element));
    for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
            copy.append(child.cloneNode());
        } else if (child.nodeType === Node.ELEMENT_NODE && isShown(child)) {
            copy.append(copied(child));
        }
    }
    return copy;
}

// Of patterns, too, which are shown by what is filled with them.
function isShown(element) {
    return Boolean(element.closest("defs")) || getComputedStyle(element).display !== "none";
}

function inline(copy, style) {
    for (const name of COLOURS) {
        writeColour(copy, name, style.getPropertyValue(name));
    }
    const isText = TEXTS.has(copy.localName);
    for (const [name, usual] of Object.entries({ ...PROPERTIES, ...(isText ? FONT : {}) })) {
        const value = style.getPropertyValue(name);
        if (value !== usual) {
            copy.setAttribute(name, value);
        }
    }
    if (isText) {
        copy.setAttribute("xml:space", "preserve");
    }
}

// As every program for drawings reads it: computed colours may be of CSS 4, and with an alpha.
function writeColour(copy, name, value) {
    const pattern = value.match(/^url\("?[^#]*(#[^")]+)"?\)/);
    if (pattern) {
        copy.setAttribute(name, `url(${pattern[1]})`);
        return;
    }
    const isFine = value.startsWith("color(srgb ");
    const numbers = value.match(/[\d.]+(?:e[-+]?\d+)?/g)?.map(Number) ?? [];
    if (!isFine && !value.startsWith("rgb")) {
        copy.setAttribute(name, value);
        return;
    }
    const rgb = numbers.slice(0, 3).map((each) => Math.round(isFine ? each * 255 : each));
    copy.setAttribute(name, `rgb(${rgb.join(", ")})`);
    if (numbers.length > 3) {
        copy.setAttribute(`${name}-opacity`, numbers[3]);
    }
}

// What the picture stands on, in the shadow root and outside of it.
function background(element) {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
        const { backgroundColor } = getComputedStyle(at);
        if (backgroundColor !== TRANSPARENT) {
            return backgroundColor;
        }
    }
    return "rgb(255, 255, 255)";
}
