// The picture: a group of SVG for each block, made once and put in its place for what is shown.

import { round, set, svg } from "./svg.js";
import { unaccounted } from "./unaccounted.js";

// In pixels.
export const ROW = 24;
const HEIGHT = 22;
const STRIP = 6;
const LEAST = 1.5;
const MARGIN = 5;
const LETTER = 6.4;
// Below so many letters a name says nothing.
const LEAST_LETTERS = 4;

export class Drawing {
    constructor(rows, layout) {
        this.rows = rows;
        this.layout = layout;
        this.lines = svg("path", { class: "fsp-grid" });
        this.blocks = [];
        const own = unaccounted(rows, layout.placed);
        const group = svg("g");
        for (const [index, { y, blocks }] of layout.placed.entries()) {
            for (const block of blocks) {
                const drawn = this.make(rows[index], y, block);
                drawn.index = index;
                // The time of all isn't this one's.
                drawn.time = blocks.length === 1 ? rows[index].time : "";
                drawn.own = (own.get(index) ?? []).filter(
                    ([start, end]) => start < block.end && end > block.start,
                );
                this.blocks.push(drawn);
                group.append(drawn.group);
            }
        }
        this.element = svg("g");
        this.element.append(this.lines, group);
    }

    get height() {
        return this.layout.height * ROW;
    }

    make(row, y, block) {
        const group = svg("g", {
            class: `fsp-block${row.failed ? " fsp-failed" : ""}`,
            "data-row": row.row,
            "data-kind": row.kind,
            "data-effect": row.effect,
        });
        const isSeveral = block.boxes.length > 1;
        const top = y * ROW;
        const rect = svg("rect", {
            class: isSeveral ? "fsp-box-of-many" : "fsp-box-fill",
            y: top,
            height: HEIGHT,
            rx: 1,
        });
        group.append(rect);
        const drawn = { group, rect, row, block, top };
        if (isSeveral) {
            drawn.strip = svg("path", { class: "fsp-box-fill" });
            group.append(drawn.strip);
        }
        return drawn;
    }

    // Puts all in place for what the scale shows.
    place(scale, times) {
        const height = this.height;
        set(this.lines, {
            d: times.map((time) => `M${round(scale.x(time)) + 0.5} 0v${height}`).join(""),
        });
        for (const drawn of this.blocks) {
            this.placeBlock(drawn, scale);
        }
    }

    placeBlock(drawn, scale) {
        const { group, rect, strip, block, top } = drawn;
        const [start, end] = edges(block.start, block.end, scale);
        drawn.isShown = end > 0 && start < scale.width;
        if (!drawn.isShown) {
            group.setAttribute("display", "none");
            return;
        }
        group.removeAttribute("display");
        rect.setAttribute("x", round(start));
        rect.setAttribute("width", round(end - start));
        strip?.setAttribute("d", boxes(block.boxes, scale, top + HEIGHT - STRIP, STRIP));
        hatch(drawn, scale);
        write(drawn, start, end, scale);
    }
}

// Most boxes are too narrow for hatches and names, so these are made when there is room.
function hatch(drawn, scale) {
    const wide = drawn.own.filter(([from, to]) => scale.x(to) - scale.x(from) >= LEAST);
    if (!drawn.hatch && !wide.length) {
        return;
    }
    if (!drawn.hatch) {
        drawn.hatch = svg("path", { class: "fsp-hatch", fill: "url(#fsp-hatching)" });
        (drawn.strip ?? drawn.rect).after(drawn.hatch);
    }
    const height = drawn.strip ? STRIP : HEIGHT;
    drawn.hatch.setAttribute("d", boxes(wide, scale, drawn.top + HEIGHT - height, height));
}

function write(drawn, start, end, scale) {
    const left = Math.max(start, 0) + MARGIN;
    const room = Math.min(end, scale.width) - left - MARGIN / 2;
    const words = label(drawn.row.name, drawn.time, Math.floor(room / LETTER));
    if (!drawn.text && !words) {
        return;
    }
    if (!drawn.text) {
        drawn.text = svg("text", { y: drawn.top + 15 });
        drawn.group.append(drawn.text);
    }
    drawn.text.textContent = words;
    drawn.text.setAttribute("x", round(left));
}

// In pixels; a short one can be seen, too, and none is so long that it can't be drawn.
function edges(start, end, scale) {
    const [from, to] = [scale.x(start), scale.x(end)];
    return [Math.max(from, -MARGIN), Math.min(Math.max(to, from + LEAST), scale.width + MARGIN)];
}

function boxes(stretches, scale, top, height) {
    let path = "";
    for (const stretch of stretches) {
        const [start, end] = edges(...stretch, scale);
        if (end > 0 && start < scale.width) {
            path += `M${round(start)} ${top}H${round(end)}v${height}H${round(start)}z`;
        }
    }
    return path;
}

function label(name, time, letters) {
    const whole = `${name}  ${time}`;
    if (time && whole.length <= letters) {
        return whole;
    }
    if (name.length <= letters) {
        return name;
    }
    return letters < LEAST_LETTERS ? "" : `${name.slice(0, letters - 1)}…`;
}
