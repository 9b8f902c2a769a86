// The picture by keyboard: it is one stop for Tab, and the arrows lead from block to block.

import { CLOSER } from "./moving.js";

const STEP = 0.25;

export class Walking {
    // `view` has the layout, the drawing and the scale; it is told of each block that is reached.
    constructor(view) {
        this.view = view;
        this.current = null;
        this.onChoose = () => {};
        view.picture.addEventListener("keydown", (event) => this.onKeyDown(event));
        view.picture.addEventListener("focus", () => this.enter());
    }

    get blocks() {
        return this.view.drawing.blocks;
    }

    // Where it was left, or at what is lit, or at the first.
    enter() {
        if (!this.current) {
            this.current = this.blocks.find((each) => each.isLit) ?? this.blocks[0];
        }
        // A click focuses it too, and points at something else.
        if (this.view.picture.matches(":focus-visible")) {
            this.goTo(this.current);
        }
    }

    goTo(drawn) {
        if (drawn) {
            this.current?.group.classList.remove("fsp-current");
            this.current = drawn;
            drawn.group.classList.add("fsp-current");
            this.view.reach(drawn);
        }
    }

    onKeyDown(event) {
        const { scale } = this.view;
        if (event.altKey || event.ctrlKey || event.metaKey || !this.current) {
            return;
        }
        const moves = {
            ArrowRight: () => this.goTo(this.beside(1)),
            ArrowLeft: () => this.goTo(this.beside(-1)),
            ArrowDown: () => this.goTo(this.below()),
            ArrowUp: () => this.goTo(this.above()),
            Home: () => this.goTo(this.siblings()[0]),
            End: () => this.goTo(this.siblings().at(-1)),
            " ": () => this.onChoose(this.current),
        };
        const zooms = {
            Enter: () => this.view.zoomTo(this.current.block),
            "+": () => scale.zoom(CLOSER, this.middle()),
            "=": () => scale.zoom(CLOSER, this.middle()),
            "-": () => scale.zoom(1 / CLOSER, this.middle()),
            // Else it closes the panel, as everywhere in the toolbar.
            Escape: scale.isZoomed && (() => scale.showAll()),
        };
        const pans = { ArrowRight: () => scale.pan(STEP), ArrowLeft: () => scale.pan(-STEP) };
        const zoom = event.shiftKey && pans[event.key] ? pans[event.key] : zooms[event.key];
        const act = zoom || moves[event.key];
        if (act) {
            event.preventDefault();
            event.stopPropagation();
            act();
            if (zoom) {
                this.view.changed();
            }
        }
    }

    // Of the block that is reached, as far as it is shown.
    middle() {
        const { start, end } = this.current.block;
        const { from, to } = this.view.scale;
        const [first, last] = [Math.max(start, from), Math.min(end, to)];
        return first < last ? (first + last) / 2 : (from + to) / 2;
    }

    home(drawn) {
        return this.view.layout.placed[drawn.index].home;
    }

    // Those under the same row, whichever lane they are in, as they began.
    siblings(home = this.home(this.current)) {
        return this.blocks
            .filter((each) => this.home(each) === home)
            .sort((one, other) => one.block.start - other.block.start || one.index - other.index);
    }

    beside(step) {
        const siblings = this.siblings();
        return siblings[siblings.indexOf(this.current) + step];
    }

    below() {
        const { index, block } = this.current;
        const children = this.siblings(index);
        return children.find((each) => each.block.start >= block.start) ?? children[0];
    }

    above() {
        const home = this.home(this.current);
        const { start } = this.current.block;
        const blocks = this.blocks.filter((each) => each.index === home);
        return blocks.findLast((each) => each.block.start <= start) ?? blocks[0];
    }
}
