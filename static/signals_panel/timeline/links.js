// Dashed lines from what put work off to where that work ran.

import { ROW } from "./drawing.js";
import { round, svg } from "./svg.js";

export class Links {
    constructor(layout) {
        this.layout = layout;
        this.element = svg("g", { class: "fsp-links" });
        this.lines = layout.links.map((link) => {
            const line = svg("path", { "data-from": link.from, "data-to": link.to });
            this.element.append(line);
            return { ...link, line };
        });
    }

    place(scale) {
        for (const { from, to, line } of this.lines) {
            const above = this.layout.placed[from];
            const below = this.layout.placed[to];
            const block = above.blocks.findLast((each) => each.start <= below.blocks[0].start);
            const { start, end } = block ?? above.blocks[0];
            const [x, y] = [(scale.x(start) + scale.x(end)) / 2, above.y * ROW + ROW - 2];
            const [toX, toY] = [scale.x(below.blocks[0].start), below.y * ROW + ROW / 2];
            // It comes from the left, as time does.
            const bend = Math.max(20, (toX - x) / 2);
            line.setAttribute(
                "d",
                `M${round(x)} ${y}C${round(x)} ${y + ROW} ${round(toX - bend)} ${toY} ${round(toX)} ${toY}`,
            );
        }
    }
}
