// Dashed lines from what put work off to where that work ran.

import { ROW } from "./drawing.js";
import { round, svg } from "./svg.js";

// How far before the work its line turns, and how far before the end of what put it off it begins.
const BEFORE = 5;
const INSIDE = 3;

export class Links {
    constructor(layout) {
        this.layout = layout;
        this.element = svg("g", { class: "fsp-links" });
        this.lines = layout.links.map((link) => {
            const halo = svg("path", { class: "fsp-halo" });
            const line = svg("path", { "data-from": link.from, "data-to": link.to });
            this.element.append(halo, line);
            return { ...link, halo, line };
        });
    }

    place(scale) {
        for (const { from, to, halo, line } of this.lines) {
            const d = this.way(from, to, scale);
            halo.setAttribute("d", d);
            line.setAttribute("d", d);
        }
    }

    // Along the gap below the box and up or down beside the work: names stand elsewhere.
    way(from, to, scale) {
        const above = this.layout.placed[from];
        const below = this.layout.placed[to];
        const block = above.blocks.findLast((each) => each.start <= below.blocks[0].start);
        const { start, end } = block ?? above.blocks[0];
        const toX = scale.x(below.blocks[0].start);
        const x = Math.max(scale.x(start), Math.min(scale.x(end) - INSIDE, toX - BEFORE));
        const [bottom, toY] = [above.y * ROW + ROW - 2, below.y * ROW + ROW / 2];
        const gap = bottom + 1;
        const points = [
            [x, bottom],
            [x, gap],
            [toX - BEFORE, gap],
            [toX - BEFORE, toY],
            [toX, toY],
        ];
        return `M${points.map(([left, top]) => `${round(left)} ${top}`).join(" ")}`;
    }
}
