// The picture above the cascade: fetched when it is first seen, and drawn for the width it has.

import { fetchJson } from "../fetching.js";
import { Linking } from "../linking.js";
import { drawAxis } from "./axis.js";
import { Drawing } from "./drawing.js";
import { layOut } from "./layout.js";
import { Links } from "./links.js";
import { Minimap } from "./minimap.js";
import { Moving, startButtons } from "./moving.js";
import { Scale, ticks, timeText } from "./scale.js";
import { set } from "./svg.js";
import { Walking } from "./walking.js";
import { Waterfall } from "./waterfall.js";

// Beside what is zoomed to, as a part of it.
const AROUND = 0.04;

export class Timeline {
    // `element` is null where there is nothing to draw.
    constructor(panel, element, settings) {
        this.panel = panel;
        this.element = element;
        this.settings = settings;
        if (element) {
            element.hidden = false;
            this.picture = element.querySelector(".fsp-picture");
            this.canvas = this.picture.querySelector("svg");
            this.exporting = element.querySelector("[data-save-svg]");
            this.exporting.addEventListener("click", () => this.save());
            // It comes while the panel's styles do. In a panel that is rendered with its page,
            // nobody may ever look at it.
            if (!("inPage" in panel.dataset)) {
                this.coming = this.load();
            }
            // Its width is 0 until the panel is shown.
            new ResizeObserver(() => this.onResize()).observe(this.picture);
        }
    }

    async onResize() {
        const width = this.picture.clientWidth;
        if (!width) {
            return;
        }
        this.coming ??= this.load();
        await this.coming;
        this.build();
        if (this.scale && width !== this.scale.width) {
            this.scale.width = width;
            this.draw();
        }
    }

    async load() {
        try {
            this.sent = await fetchJson(this.panel, this.element.dataset.url);
        } catch {
            this.say(this.element.dataset.gone);
        }
    }

    build() {
        if (!this.sent || this.scale) {
            return;
        }
        const { end, rows } = this.sent;
        this.scale = new Scale(end, 0);
        if (this.settings.shown) {
            this.scale.show(...this.settings.shown);
        }
        this.layout = layOut(rows, end);
        this.drawing = new Drawing(rows, this.layout);
        this.byGroup = new Map(this.drawing.blocks.map((drawn) => [drawn.group, drawn]));
        this.links = new Links(this.layout);
        this.canvas.append(this.drawing.element, this.links.element);
        const { element } = this;
        const small = element.querySelector(".fsp-minimap");
        this.minimap = new Minimap(small, rows, this.layout, this.scale);
        this.minimap.onMove = () => this.changed();
        this.linking = new Linking(this.panel, this.drawing.blocks, (drawn) => [drawn.row.row]);
        this.linking.filter();
        this.waterfall = new Waterfall(this.panel.tree);
        const moving = new Moving(this.picture, this.canvas, this);
        const walking = new Walking(this);
        for (const each of [moving, walking]) {
            each.onChoose = (drawn) => this.linking.choose(drawn);
        }
        startButtons(element, this);
        this.canvas.addEventListener("pointermove", (event) => {
            const drawn = this.drawnAt(event);
            if (drawn) {
                this.say(drawn.row.words);
            }
        });
    }

    // What it shows has changed.
    changed() {
        const { scale } = this;
        this.settings.shown = scale.isZoomed ? [scale.from, scale.to] : null;
        this.draw();
        const [from, to] = [scale.from, scale.to].map((time) => timeText(time, scale.span / 100));
        const text = this.element.dataset.shown.replace("{from}", from).replace("{to}", to);
        this.say(scale.isZoomed ? text : this.element.dataset.shownAll);
    }

    draw() {
        const { scale } = this;
        set(this.canvas, { width: scale.width, height: this.drawing.height });
        const found = ticks(scale);
        drawAxis(this.element.querySelector(".fsp-ticks"), scale, found);
        this.drawing.place(scale, found.times);
        this.links.place(scale);
        this.minimap.place();
        this.waterfall.show(scale);
        this.element.querySelector("[data-zoom=reset]").hidden = !scale.isZoomed;
    }

    zoomTo({ start, end }) {
        const around = (end - start) * AROUND;
        this.scale.show(start - around, end + around);
        this.changed();
    }

    // A block was reached by keyboard: it is brought in, and said.
    reach(drawn) {
        const { scale } = this;
        const { from } = scale;
        scale.bringIn(drawn.block.start, drawn.block.end);
        if (scale.from !== from) {
            this.changed();
        }
        drawn.rect.scrollIntoView({ block: "nearest" });
        this.linking.reach(drawn);
        this.say(drawn.row.words);
    }

    drawnAt(event) {
        return this.byGroup.get(event.target.closest(".fsp-block"));
    }

    // The filter was changed.
    filter() {
        this.linking?.filter();
    }

    // What it shows now, with the times above it.
    async save() {
        const { saveSvg } = await import("../exporting.js");
        const { title, name } = this.exporting.dataset;
        const ticks = this.element.querySelector(".fsp-ticks");
        saveSvg([ticks, this.canvas], name, title, this.element.querySelector(".fsp-legend"));
    }

    say(text) {
        this.element.querySelector(".fsp-pointed").textContent = text;
    }
}
