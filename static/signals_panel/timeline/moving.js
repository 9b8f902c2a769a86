// Zooming by mouse: the wheel with Ctrl, dragging across a stretch, double clicks and the buttons.

import { set, svg } from "./svg.js";

// How much closer a press of a button or key brings it, and a notch of the wheel.
export const CLOSER = 1.6;
const NOTCH = 1.2;
// A shorter drag is a click; in pixels.
const LEAST_DRAG = 5;

export class Moving {
    // `view` has the scale, and redraws with `changed()`; `onChoose` is told of a block's click.
    constructor(picture, canvas, view) {
        this.picture = picture;
        this.view = view;
        this.onChoose = () => {};
        this.drag = null;
        this.marked = svg("rect", { class: "fsp-marked", y: 0, display: "none" });
        this.canvas = canvas;
        canvas.append(this.marked);
        picture.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
        canvas.addEventListener("pointerdown", (event) => this.begin(event));
        canvas.addEventListener("pointermove", (event) => this.go(event));
        canvas.addEventListener("pointerup", (event) => this.end(event));
        canvas.addEventListener("pointercancel", () => this.forget());
        canvas.addEventListener("click", (event) => this.onClick(event));
    }

    x(event) {
        return event.clientX - this.canvas.getBoundingClientRect().left;
    }

    // With Ctrl, as in maps, since without it the wheel scrolls the page.
    onWheel(event) {
        const { scale } = this.view;
        if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            scale.zoom(event.deltaY < 0 ? NOTCH : 1 / NOTCH, scale.time(this.x(event)));
            this.view.changed();
        } else if (scale.isZoomed && (event.shiftKey || event.deltaX)) {
            event.preventDefault();
            scale.pan((event.deltaX || event.deltaY) / scale.width);
            this.view.changed();
        }
    }

    // Dragging

    begin(event) {
        if (event.button === 0) {
            this.drag = { from: this.x(event), to: this.x(event), pointer: event.pointerId };
        }
    }

    go(event) {
        if (!this.drag) {
            return;
        }
        this.drag.to = this.x(event);
        const { from, to, pointer } = this.drag;
        if (Math.abs(to - from) >= LEAST_DRAG) {
            // So the click that ends it reaches no block. Captured earlier, no click would.
            this.canvas.setPointerCapture(pointer);
            const height = this.canvas.getAttribute("height");
            const [x, width] = [Math.min(from, to), Math.abs(to - from)];
            set(this.marked, { x, width, height, display: "inline" });
        }
    }

    end() {
        const { drag } = this;
        this.forget();
        if (drag && Math.abs(drag.to - drag.from) >= LEAST_DRAG) {
            const { scale } = this.view;
            const times = [drag.from, drag.to].map((x) => scale.time(x));
            scale.show(Math.min(...times), Math.max(...times));
            this.view.changed();
        }
    }

    forget() {
        this.drag = null;
        this.marked.setAttribute("display", "none");
    }

    // Clicks

    onClick(event) {
        const drawn = this.view.drawnAt(event);
        if (!drawn) {
            return;
        }
        if (event.detail > 1) {
            this.view.zoomTo(drawn.block);
        } else {
            this.onChoose(drawn);
        }
    }
}

// The buttons beside the title.
export function startButtons(element, view) {
    const acts = {
        in: () => view.scale.zoom(CLOSER),
        out: () => view.scale.zoom(1 / CLOSER),
        reset: () => view.scale.showAll(),
    };
    for (const button of element.querySelectorAll("[data-zoom]")) {
        button.addEventListener("click", () => {
            acts[button.dataset.zoom]();
            view.changed();
            if (button.hidden) {
                // The focus isn't lost with its button.
                view.picture.focus();
            }
        });
    }
}
