// The map beside the timeline: fetched as SVG when it is first shown, and made alive here.

import { fetchJson } from "../fetching.js";
import { Linking } from "../linking.js";
import { Tabs } from "../tabs.js";

export class SignalMap {
    // Without an element for the map the timeline stands alone.
    constructor(panel, settings) {
        this.panel = panel;
        this.settings = settings;
        this.element = panel.querySelector(".fsp-map");
        if (this.element) {
            this.picture = this.element.querySelector(".fsp-map-picture");
            this.tabs = new Tabs(
                panel.querySelector(".fsp-picture-tabs"),
                (tab) => tab.dataset.picture,
                (name) => panel.querySelector(`#fsp-picture-${name}`),
            );
            this.tabs.onChoose = (name) => this.show(name);
            this.exporting = this.element.querySelector("[data-save-svg]");
            this.exporting.addEventListener("click", () => this.save());
            this.show(settings.picture);
        }
    }

    show(name) {
        this.settings.picture = name;
        this.tabs.show(name);
        if (name === "map") {
            this.coming ??= this.load();
        }
    }

    async load() {
        let parts;
        try {
            const [{ content }, ...modules] = await Promise.all([
                fetchJson(this.panel, this.element.dataset.url),
                import("./paths.js"),
                import("./walking.js"),
            ]);
            this.picture.innerHTML = content;
            parts = Object.assign({}, ...modules);
        } catch {
            this.say(this.element.dataset.gone);
            // The next time it is shown is the next try.
            this.coming = null;
            return;
        }
        this.build(parts);
    }

    build({ Paths, Walking }) {
        this.nodes = [...this.picture.querySelectorAll(".fsp-node")].map(read);
        const edges = [...this.picture.querySelectorAll(".fsp-edge")];
        this.byGroup = new Map(this.nodes.map((node) => [node.group, node]));
        this.paths = new Paths(this.picture, this.nodes, edges);
        this.linking = new Linking(this.panel, this.nodes, (node) => node.rows);
        this.filter();
        const walking = new Walking(this);
        walking.onChoose = (node) => this.choose(node);
        this.picture.addEventListener("pointerover", (event) => this.point(this.nodeAt(event)));
        this.picture.addEventListener("pointerleave", () => this.paths.show(null));
        this.picture.addEventListener("click", (event) => this.choose(this.nodeAt(event)));
    }

    nodeAt(event) {
        return this.byGroup.get(event.target.closest(".fsp-node"));
    }

    point(node) {
        this.paths.show(node ?? null);
        if (node) {
            this.say(node.words);
        }
    }

    // A node was reached by keyboard.
    reach(node) {
        node.card.scrollIntoView({ block: "nearest", inline: "nearest" });
        this.linking.reach(node);
        this.point(node);
    }

    // A receiver that wasn't called has no row.
    choose(node) {
        if (node?.rows.length) {
            this.linking.choose(node);
        }
    }

    // The filter was changed.
    filter() {
        this.linking?.filter();
        this.paths?.dim();
    }

    async save() {
        const { title, name } = this.exporting.dataset;
        const canvas = this.picture.querySelector("svg");
        if (canvas) {
            const { saveSvg } = await import("../exporting.js");
            saveSvg([canvas], name, title);
        }
    }

    say(text) {
        this.element.querySelector(".fsp-pointed").textContent = text;
    }
}

function read(group, number) {
    const { rows } = group.dataset;
    return {
        group,
        number,
        card: group.querySelector(".fsp-card"),
        rows: rows ? rows.split(" ") : [],
        words: group.querySelector("title").textContent,
    };
}
