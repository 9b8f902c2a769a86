// The bars in the cascade follow the picture: they show the same stretch of time.

import { timeText } from "./scale.js";

// The whole request's in the bars, which the server has drawn.
const WHOLE = 1000;

export class Waterfall {
    constructor({ table, rows }) {
        this.bars = rows.map((row) => row.querySelector(".fsp-waterfall svg")).filter(Boolean);
        this.times = [...(table?.querySelectorAll(".fsp-axis span") ?? [])];
        this.first = this.times.map((time) => time.textContent);
        this.shown = null;
    }

    show(scale) {
        const { from, to, span, whole, isZoomed } = scale;
        const shown = `${(from / whole) * WHOLE} 0 ${(span / whole) * WHOLE} 16`;
        const viewBox = isZoomed ? shown : `0 0 ${WHOLE} 16`;
        if (viewBox === this.shown || (!this.shown && !isZoomed)) {
            return;
        }
        this.shown = viewBox;
        for (const bar of this.bars) {
            bar.setAttribute("viewBox", viewBox);
        }
        const texts = isZoomed ? [from, to].map((time) => timeText(time, span / 100)) : this.first;
        for (const [index, time] of this.times.entries()) {
            time.textContent = texts[index];
        }
    }
}
