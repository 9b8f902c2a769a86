// The whole request in small, with what is shown of it marked; it is there while not all is shown.

import { round, set, svg } from "./svg.js";

const WIDTH = 1000;

export class Minimap {
    constructor(element, rows, layout, scale) {
        this.element = element;
        this.scale = scale;
        this.onMove = () => {};
        const { height } = layout;
        set(element, { viewBox: `0 0 ${WIDTH} ${height}` });
        this.shown = svg("rect", { class: "fsp-window", y: 0, height });
        element.replaceChildren(...this.kinds(rows, layout), this.shown);
        element.addEventListener("pointerdown", (event) => {
            element.setPointerCapture(event.pointerId);
            this.move(event);
        });
        element.addEventListener("pointermove", (event) => {
            if (element.hasPointerCapture(event.pointerId)) {
                this.move(event);
            }
        });
    }

    // One path for each colour: this is small, and there may be thousands of blocks.
    kinds(rows, { placed }) {
        const paths = new Map();
        const unit = WIDTH / this.scale.whole;
        for (const [index, { y, blocks }] of placed.entries()) {
            const { kind, effect } = rows[index];
            const key = `${kind} ${effect}`;
            if (!paths.has(key)) {
                const attributes = { "data-kind": kind, "data-effect": effect };
                paths.set(key, {
                    d: "",
                    path: svg("path", { class: "fsp-box-fill", ...attributes }),
                });
            }
            for (const { start, end } of blocks) {
                const width = Math.max((end - start) * unit, 1);
                paths.get(key).d +=
                    `M${round(start * unit)} ${y}h${round(width)}v0.9h${-round(width)}z`;
            }
        }
        return [...paths.values()].map(({ d, path }) => {
            set(path, { d });
            return path;
        });
    }

    place() {
        const { scale } = this;
        this.element.toggleAttribute("hidden", !scale.isZoomed);
        const unit = WIDTH / scale.whole;
        set(this.shown, {
            x: round(scale.from * unit),
            width: Math.max(2, round(scale.span * unit)),
        });
    }

    // What was pointed at comes to the middle.
    move(event) {
        const { left, width } = this.element.getBoundingClientRect();
        const time = ((event.clientX - left) / width) * this.scale.whole;
        this.scale.moveTo(time - this.scale.span / 2);
        this.onMove();
    }
}
